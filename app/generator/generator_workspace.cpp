#include "app/generator/generator_workspace.h"

#include <algorithm>

#include <QJsonArray>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabWidget>
#include <QVBoxLayout>

#include "app/document.h"
#include "app/generator/film/film_exports.h"
#include "app/generator/generator_page.h"
#include "app/generator/generator_pages.h"
#include "app/generator/generator_stage.h"
#include "app/generator/latents_dialog.h"
#include "app/generator/sample_shelf.h"
#include "app/generator/stage_exports.h"
#include "app/generator/stage_panel.h"
#include "widgets/empty_state.h"

namespace unitscope {

GeneratorWorkspace::GeneratorWorkspace(const Context& context, QWidget* parent)
    : Workspace(context, parent),
      stage_(new GeneratorStage(context, this)),
      stack_(new QStackedWidget),
      empty_(new EmptyState),
      panel_(new StagePanel(context, *stage_)),
      tabs_(new QTabWidget),
      pages_(makeGeneratorPages(context, *stage_, *panel_, this)),
      exports_(new StageExports(context, *stage_, this)),
      films_(new FilmExports(context, *stage_, pages_, this)) {
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  outer->addWidget(stack_);
  empty_->setIcon(QStringLiteral("unit"));
  openBuiltIn_ = empty_->addButton(tr("Open the built-in one"), QStringLiteral("play"));
  connect(openBuiltIn_, &QPushButton::clicked, this,
          [this] { Q_EMIT builtInWanted(QStringLiteral("scene-generator")); });
  latents_ = empty_->addButton(tr("Say where the latents are\u2026"), QStringLiteral("settings"));
  latents_->setToolTip(tr("Which of the network's values are latents, class and picture"));
  connect(latents_, &QPushButton::clicked, this, [this] { openLatentsDialog(*stage_, document(), this); });
  stack_->addWidget(empty_);
  auto* splitter = new QSplitter(Qt::Horizontal);
  splitter->setChildrenCollapsible(false);
  splitter->addWidget(panel_);
  splitter->addWidget(tabs_);
  splitter->setStretchFactor(0, 1);
  splitter->setStretchFactor(1, 1);
  splitter->setSizes({420, 560});
  stack_->addWidget(splitter);
  tabs_->setDocumentMode(true);
  tabs_->tabBar()->setExpanding(false);
  for (GeneratorPage* page : pages_) {
    tabs_->setTabToolTip(tabs_->addTab(page, page->title()), page->explanation());
    connect(page, &GeneratorPage::stateChanged, this, &Workspace::stateChanged);
    connect(page, &GeneratorPage::busyChanged, this, &Workspace::busyChanged);
    connect(page, &GeneratorPage::workspaceWanted, this, &Workspace::workspaceWanted);
  }
  connect(tabs_, &QTabWidget::currentChanged, this, [this] {
    tellPages();
    Q_EMIT stateChanged();
  });
  connect(panel_, &StagePanel::stateChanged, this, &Workspace::stateChanged);
  connect(stage_, &GeneratorStage::generatorChanged, this, &GeneratorWorkspace::show);
  connect(stage_, &GeneratorStage::sceneChanged, this, &Workspace::stateChanged);
  connect(stage_, &GeneratorStage::busyChanged, this, &Workspace::busyChanged);
  connect(films_, &FilmExports::busyChanged, this, &Workspace::busyChanged);
  show();
}

QString GeneratorWorkspace::explanation() const {
  return tr("What a generator can draw: its samples, its units as switches, the directions of its latent space");
}

QJsonObject GeneratorWorkspace::saveState() const {
  QJsonObject pages;
  for (const GeneratorPage* page : pages_) pages[page->id()] = page->saveState();
  QJsonObject state{{"pages", pages}};
  if (!stage_->scene().empty()) state["scene"] = toJson(stage_->scene());
  if (const QJsonObject hints = hintsToJson(stage_->hints()); !hints.isEmpty()) state["latents"] = hints;
  state["panel"] = panel_->saveState();
  state["favourites"] = stage_->shelf()->saveFavourites();
  if (const auto index = std::size_t(tabs_->currentIndex()); index < pages_.size()) state["page"] = pages_[index]->id();
  return state;
}

void GeneratorWorkspace::restoreState(const QJsonObject& state) {
  stage_->setHints(hintsFromJson(state["latents"].toObject()));
  const GeneratorScene scene = sceneFromJson(state["scene"].toObject());
  if (!scene.empty()) stage_->setScene(scene);
  panel_->restoreState(state["panel"].toObject());
  stage_->shelf()->restoreFavourites(state["favourites"].toArray());
  const QJsonObject pages = state["pages"].toObject();
  for (std::size_t i = 0; i < pages_.size(); ++i) {
    pages_[i]->restoreState(pages[pages_[i]->id()].toObject());
    if (pages_[i]->id() == state["page"].toString()) tabs_->setCurrentIndex(int(i));
  }
}

QList<QAction*> GeneratorWorkspace::exportActions() const {
  QList<QAction*> all = exports_->actions() + films_->actions();
  for (const GeneratorPage* page : pages_) all << page->exportActions();
  return all;
}

QString GeneratorWorkspace::commandLine() const {
  return exports_->commandLine();
}

bool GeneratorWorkspace::busy() const {
  return stage_->busy() || films_->busy() ||
         std::any_of(pages_.begin(), pages_.end(), [](const GeneratorPage* page) { return page->busy(); });
}

void GeneratorWorkspace::showEvent(QShowEvent* event) {
  Workspace::showEvent(event);
  stage_->setActive(true);
  tellPages();
}

void GeneratorWorkspace::hideEvent(QHideEvent* event) {
  Workspace::hideEvent(event);
  if (isVisibleTo(window())) return;  // the whole window is hidden or minimised
  stage_->setActive(false);
  tellPages();
}

void GeneratorWorkspace::tellPages() {
  for (GeneratorPage* page : pages_)
    page->setActive(isVisible() && page == tabs_->currentWidget() && stage_->generator() != nullptr);
}

void GeneratorWorkspace::show() {
  const QString reason = stage_->reason();
  stack_->setCurrentIndex(stage_->generator() ? 1 : 0);
  empty_->setHeadline(stage_->opening() ? tr("Finding the latents\u2026") : reason);
  empty_->setText(stage_->opening()
                      ? tr("The network's graph tells where its pictures come from.")
                      : tr("Generators are networks that draw pictures from numbers: ONNX, TorchScript, or checkpoints "
                           "of StyleGAN, PGGAN and BigGAN. Drop one on the window, or open the built-in one, which "
                           "draws landscapes."));
  openBuiltIn_->setVisible(!stage_->opening());
  // Where the network is said to draw pictures, but how was not found out.
  latents_->setVisible(!stage_->opening() && document().hasModel() &&
                       document().card().task == ModelCard::Task::Generator);
  tellPages();
}

}  // namespace unitscope
