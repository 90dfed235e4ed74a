#include "app/generator/stage_panel.h"

#include <algorithm>

#include <QCheckBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/availability.h"
#include "app/generator/generator_stage.h"
#include "app/generator/latents_dialog.h"
#include "app/generator/sample_controls.h"
#include "app/generator/sample_shelf.h"
#include "app/generator/stage_canvas.h"
#include "widgets/elided_label.h"
#include "widgets/icons.h"
#include "widgets/tile_grid.h"

namespace unitscope {
namespace {

constexpr int kHistoryTile = 52;

QToolButton* button(const QString& icon, const QString& name, const QString& help) {
  auto* made = new QToolButton;
  made->setIcon(themedIcon(icon));
  made->setAccessibleName(name);
  made->setToolTip(help);
  made->setAutoRaise(true);
  return made;
}

}  // namespace

StagePanel::StagePanel(const Context& context, GeneratorStage& stage, QWidget* parent)
    : QWidget(parent),
      context_(context),
      stage_(stage),
      canvas_(new StageCanvas),
      controls_(new SampleControls(context, stage)),
      name_(new ElidedLabel),
      failure_(new QLabel),
      history_(new TileGrid) {
  makeLayout();
  connect(&stage_, &GeneratorStage::sceneChanged, this, &StagePanel::show);
  connect(&stage_, &GeneratorStage::pictureChanged, this, &StagePanel::show);
  connect(stage_.shelf(), &SampleShelf::favouritesChanged, this, &StagePanel::show);
  connect(stage_.shelf(), &SampleShelf::historyChanged, this, &StagePanel::showHistory);
  connect(star_, &QToolButton::clicked, this, [this] { stage_.shelf()->toggleFavourite(); });
  connect(compare_, &QToolButton::toggled, this, [this](bool on) {
    canvas_->setCurtain(on);
    Q_EMIT stateChanged();
  });
  connect(hold_, &QToolButton::pressed, this, [this] { canvas_->setHeldBefore(true); });
  connect(hold_, &QToolButton::released, this, [this] { canvas_->setHeldBefore(false); });
  connect(canvas_, &BrushCanvas::compareHeld, canvas_, &StageCanvas::setHeldBefore);
  connect(canvas_, &StageCanvas::curtainMoved, this, &StagePanel::stateChanged);
  connect(controls_, &SampleControls::keepChanged, this, &StagePanel::stateChanged);
  connect(latents_, &QToolButton::clicked, this, [this] { openLatentsDialog(stage_, context_.document, this); });
  connect(reset_, &QPushButton::clicked, this,
          [this] { stage_.change(tr("Take back all changes"), stage_.scene().unchanged()); });
  connect(history_, &TileGrid::activated, this, [this](int index) {
    const std::vector<ShelvedScene>& all = stage_.shelf()->history();
    if (std::size_t(index) < all.size())
      stage_.change(tr("Back to %1").arg(all[std::size_t(index)].scene.name),
                    GeneratorScene(all[std::size_t(index)].scene));
  });
  show();
  showHistory();
}

void StagePanel::makeLayout() {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 8, 4, 8);
  column->setSpacing(6);
  auto* head = new QHBoxLayout;
  head->setSpacing(2);
  star_ = button(QStringLiteral("star"), tr("Favourite"), {});
  star_->setCheckable(true);
  name_->setBold(true);
  hold_ = button(QStringLiteral("eye"), tr("Show what it was before"),
                 tr("While it is held: the sample without the changes (C on the picture)"));
  compare_ = button(QStringLiteral("compare"), tr("Before and after"),
                    tr("A curtain over the picture: before the changes on its left, after them on its right. Drag its "
                       "edge, or move it with Ctrl+Shift and the arrow keys."));
  compare_->setCheckable(true);
  reset_ = new QPushButton(themedIcon(QStringLiteral("reset")), tr("Reset changes"));
  reset_->setToolTip(tr("The sample as it was drawn: all units and latents as they were"));
  latents_ =
      button(QStringLiteral("settings"), tr("Where the latents are"),
             tr("Which of the network's values were taken for latents, class and picture, and how to correct it"));
  head->addWidget(star_);
  head->addWidget(name_, 1);
  head->addWidget(hold_);
  head->addWidget(compare_);
  head->addWidget(latents_);
  head->addWidget(reset_);
  column->addLayout(head);
  column->addWidget(canvas_, 1);
  column->addWidget(failure_);
  column->addWidget(controls_);
  column->addWidget(history_);
  failure_->setWordWrap(true);
  failure_->hide();
  canvas_->setAccessibleName(tr("The generated picture"));
  canvas_->setMinimumSize(200, 160);
  history_->setTileSize(kHistoryTile);
  history_->setAccessibleName(tr("What was on stage"));
  history_->setToolTip(tr("Samples that were on stage; click to return to one"));
  history_->setEmptyText(tr("Samples that were on stage gather here"));
  history_->setFixedHeight(kHistoryTile + history_->fontMetrics().height() + 16);
}

void StagePanel::show() {
  const GeneratorScene& scene = stage_.scene();
  name_->setText(scene.edited() ? tr("%1, changed").arg(scene.name) : scene.name);
  canvas_->setImage(stage_.shown());
  canvas_->setBefore(stage_.unchangedPicture());
  failure_->setText(stage_.failure());
  failure_->setVisible(!stage_.failure().isEmpty());
  const bool kept = stage_.shelf()->favouriteOnStage() >= 0;
  star_->setChecked(kept);
  star_->setIcon(themedIcon(kept ? QStringLiteral("star-filled") : QStringLiteral("star")));
  star_->setToolTip(kept ? tr("No longer a favourite") : tr("Keeps this sample with its changes among the favourites"));
  star_->setEnabled(!scene.empty());
  const QString same = scene.edited() ? QString() : tr("Nothing was changed about this sample");
  setAvailable(*reset_, same);
  setAvailable(*hold_, same);
  const std::vector<ShelvedScene>& all = stage_.shelf()->history();
  const auto found = std::ranges::find_if(all, [&](const ShelvedScene& entry) { return entry.scene == scene; });
  history_->setCurrent(found == all.end() ? -1 : int(found - all.begin()));
}

void StagePanel::showHistory() {
  const auto tile = [this](int index) {
    const ShelvedScene& entry = stage_.shelf()->history()[std::size_t(index)];
    Tile made;
    made.title = entry.scene.name;
    made.picture = entry.thumbnail;
    made.help = entry.scene.edited() ? tr("with changes") : QString();
    return made;
  };
  history_->setTiles(int(stage_.shelf()->history().size()), tile);
  show();
}

QJsonObject StagePanel::saveState() const {
  return {{"curtain", canvas_->curtain()},
          {"curtainPlace", canvas_->curtainPlace()},
          {"keepsChanges", controls_->keeping()}};
}

void StagePanel::restoreState(const QJsonObject& state) {
  compare_->setChecked(state["curtain"].toBool(false));
  canvas_->setCurtainPlace(state["curtainPlace"].toDouble(0.5));
  controls_->keepsChanges()->setChecked(state["keepsChanges"].toBool(true));
}

}  // namespace unitscope
