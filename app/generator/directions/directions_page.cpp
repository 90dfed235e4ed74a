#include "app/generator/directions/directions_page.h"

#include <algorithm>

#include <QAction>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QSaveFile>
#include <QSettings>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabBar>
#include <QUndoStack>
#include <QVBoxLayout>

#include "app/app_settings.h"
#include "app/availability.h"
#include "app/generator/directions/attribute_choice.h"
#include "app/generator/directions/attributes_tool.h"
#include "app/generator/directions/direction_list.h"
#include "app/generator/directions/direction_sliders.h"
#include "app/generator/directions/find_tool.h"
#include "app/generator/directions/labels_tool.h"
#include "app/generator/directions/measure_tool.h"
#include "app/generator/directions/relations_tool.h"
#include "app/generator/directions/tool_command.h"
#include "app/generator/directions/walk_tool.h"
#include "app/generator/generator_stage.h"
#include "app/messages.h"
#include "widgets/icons.h"

namespace unitscope {

DirectionsPage::DirectionsPage(const Context& context, GeneratorStage& stage, QWidget* parent)
    : GeneratorPage(context, stage, parent),
      list_(new DirectionList(context, stage, this)),
      sliders_(new DirectionSliders(context, stage, *list_)),
      halves_(new QSplitter(Qt::Vertical)),
      stack_(new QStackedWidget),
      bar_(new QTabBar) {
  auto* choice = new AttributeChoice(context, this);
  auto* attributes = new AttributesTool(context, stage, *list_, *choice);
  walk_ = new WalkTool(context, stage, *list_);
  tools_ = {new FindTool(context, stage, *list_),
            attributes,
            new LabelsTool(context, stage, *list_),
            new RelationsTool(context, stage, *list_, *attributes),
            new MeasureTool(context, stage, *list_, *choice, MeasureTool::Of::Directions),
            new MeasureTool(context, stage, *list_, *choice, MeasureTool::Of::Layers),
            walk_};
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  halves_->setChildrenCollapsible(false);
  halves_->addWidget(sliders_);
  halves_->addWidget(stack_);
  halves_->setStretchFactor(0, 1);
  halves_->setStretchFactor(1, 0);
  halves_->setSizes({340, 260});
  column->addWidget(halves_, 1);
  bar_->setShape(QTabBar::RoundedSouth);
  bar_->setExpanding(false);
  bar_->setDrawBase(false);
  bar_->setUsesScrollButtons(true);
  bar_->setAccessibleName(tr("Tools for directions"));
  for (DirectionTool* tool : tools_) {
    stack_->addWidget(tool);
    const int tab = bar_->addTab(tool->title());
    bar_->setTabToolTip(tab, tool->explanation() + QLatin1Char('\n') + tr("A second click hides the tool"));
    bar_->setTabData(tab, tool->id());
    connect(tool, &DirectionTool::busyChanged, this, &GeneratorPage::busyChanged);
    connect(tool, &DirectionTool::directionWanted, sliders_, &DirectionSliders::reveal);
  }
  column->addWidget(bar_);
  connect(bar_, &QTabBar::tabBarClicked, this, [this](int tab) {
    stack_->setVisible(tab < 0 || tab != bar_->currentIndex() || !stack_->isVisibleTo(this));
    tell();
  });
  connect(bar_, &QTabBar::currentChanged, this, [this](int tab) {
    stack_->setCurrentIndex(tab);
    stack_->show();
    tell();
    Q_EMIT this->stateChanged();
  });
  connect(list_, &DirectionList::changed, this, &GeneratorPage::stateChanged);
  connect(sliders_, &DirectionSliders::busyChanged, this, &GeneratorPage::busyChanged);
  connectTools();
  makeActions();
}

void DirectionsPage::connectTools() {
  for (DirectionTool* tool : tools_) {
    known_[tool] = tool->saveState();
    connect(tool, &DirectionTool::stateChanged, this, [this, tool] {
      QJsonObject& before = known_[tool];
      const QJsonObject after = tool->saveState();
      if (after == before) return;
      if (quiet_ == 0) context().undo.push(new ToolCommand(*tool, before, after));
      before = after;
      Q_EMIT stateChanged();
    });
  }
  connect(&context().undo, &QUndoStack::indexChanged, this, [this] {
    for (DirectionTool* tool : tools_) {
      const QJsonObject now = tool->saveState();
      if (now == known_[tool]) continue;
      known_[tool] = now;
      Q_EMIT stateChanged();
    }
  });
}

QString DirectionsPage::explanation() const {
  return tr("Ways through the latent space that change the picture: found, trained, measured, walked along");
}

std::vector<LatentDirection> DirectionsPage::directions() const {
  std::vector<LatentDirection> all;
  for (const ListedDirection& entry : list_->entries()) all.push_back(entry.direction);
  return all;
}

std::vector<GeneratorScene> DirectionsPage::film() const {
  return walk_->frames();
}

void DirectionsPage::makeActions() {
  auto* save = new QAction(themedIcon(QStringLiteral("save")), tr("&Directions\u2026"), this);
  save->setToolTip(tr("All directions of the list as .npy with .json"));
  connect(save, &QAction::triggered, this, [this] { sliders_->askForFile(true); });
  auto* table = new QAction(themedIcon(QStringLiteral("table")), tr("&Re-scoring as table\u2026"), this);
  table->setToolTip(tr("What each direction changes, as CSV"));
  const auto measure = [this]() -> MeasureTool* {
    for (DirectionTool* tool : tools_)
      if (tool->id() == "rescoring") return qobject_cast<MeasureTool*>(tool);
    return nullptr;
  };
  connect(table, &QAction::triggered, this, [this, measure] {
    QSettings& store = context().settings.store();
    auto* dialog = new QFileDialog(this, tr("Save the table"),
                                   store.value("folders/export", QDir::homePath()).toString(), tr("Table (*.csv)"));
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setDefaultSuffix(QStringLiteral("csv"));
    dialog->selectFile(QStringLiteral("rescoring.csv"));
    connect(dialog, &QFileDialog::fileSelected, this, [this, &store, measure](const QString& file) {
      store.setValue("folders/export", QFileInfo(file).absolutePath());
      QSaveFile out(file);
      if (out.open(QIODevice::WriteOnly) && out.write(measure()->csv().toUtf8()) >= 0 && out.commit())
        context().messages.success(QFileInfo(file).fileName(), tr("saved"));
      else
        context().messages.error(file, tr("could not be written: %1").arg(out.errorString()));
    });
    dialog->open();
  });
  const auto refresh = [this, save, table, measure] {
    setAvailable(*save, list_->count() == 0 ? tr("The list has no directions") : QString());
    setAvailable(*table, measure()->result() ? QString() : tr("Nothing was measured: see the tab \u201cEffects\u201d"));
  };
  connect(list_, &DirectionList::changed, this, refresh);
  connect(this, &GeneratorPage::busyChanged, this, refresh);
  refresh();
  actions_ << save << table;
}

void DirectionsPage::showTool(const QString& id) {
  for (int tab = 0; tab < bar_->count(); ++tab)
    if (bar_->tabData(tab).toString() == id) bar_->setCurrentIndex(tab);
  stack_->show();
  tell();
}

void DirectionsPage::setActive(bool active) {
  active_ = active;
  sliders_->setActive(active);
  tell();
}

void DirectionsPage::tell() {
  for (DirectionTool* tool : tools_)
    tool->setActive(active_ && stack_->isVisibleTo(this) && tool == stack_->currentWidget());
}

bool DirectionsPage::busy() const {
  return sliders_->busy() ||
         std::any_of(tools_.begin(), tools_.end(), [](const DirectionTool* tool) { return tool->busy(); });
}

QJsonObject DirectionsPage::saveState() const {
  QJsonObject tools;
  for (const DirectionTool* tool : tools_) tools[tool->id()] = tool->saveState();
  return {
      {"directions", list_->saveState()}, {"tools", tools}, {"tool", bar_->tabData(bar_->currentIndex()).toString()}};
}

void DirectionsPage::restoreState(const QJsonObject& state) {
  if (state.isEmpty()) return;
  list_->restoreState(state["directions"].toObject());
  const QJsonObject tools = state["tools"].toObject();
  ++quiet_;
  for (DirectionTool* tool : tools_) {
    tool->restoreState(tools[tool->id()].toObject());
    known_[tool] = tool->saveState();
  }
  --quiet_;
  for (int tab = 0; tab < bar_->count(); ++tab)
    if (bar_->tabData(tab) == state["tool"].toString()) bar_->setCurrentIndex(tab);
}

}  // namespace unitscope
