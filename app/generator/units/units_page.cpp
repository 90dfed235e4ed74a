#include "app/generator/units/units_page.h"

#include <algorithm>

#include <QCheckBox>
#include <QJsonArray>
#include <QSplitter>
#include <QTabBar>
#include <QTabWidget>
#include <QVBoxLayout>

#include "app/generator/generator_concepts.h"
#include "app/generator/generator_stage.h"
#include "app/generator/stage_canvas.h"
#include "app/generator/stage_panel.h"
#include "app/generator/units/concept_switches.h"
#include "app/generator/units/edit_list.h"
#include "app/generator/units/map_layers.h"
#include "app/generator/units/paint_panel.h"
#include "app/generator/units/scene_maps.h"
#include "app/generator/units/unit_gallery.h"
#include "app/generator/units/unit_painter.h"
#include "app/generator/units/unit_switch_panel.h"
#include "app/selection.h"

namespace unitscope {

UnitsPage::UnitsPage(const Context& context, GeneratorStage& stage, StagePanel& panel, QWidget* parent)
    : GeneratorPage(context, stage, parent), panel_(panel) {
  gallery_ = new UnitGallery(context, stage);
  painter_ = new UnitPainter(context, stage, *panel.canvas(), this);
  switches_ = new UnitSwitchPanel(stage, *gallery_);
  concepts_ = new ConceptSwitches(stage, *gallery_);
  paint_ = new PaintPanel(stage, *gallery_, *painter_, *panel.canvas());
  edits_ = new EditList(stage);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 6, 0, 0);
  auto* splitter = new QSplitter(Qt::Vertical);
  splitter->setChildrenCollapsible(false);
  splitter->addWidget(gallery_);
  tools_ = new QTabWidget;
  tools_->setDocumentMode(true);
  tools_->tabBar()->setExpanding(false);
  const auto add = [this](QWidget* tool, const QString& title, const QString& help) {
    tools_->setTabToolTip(tools_->addTab(tool, title), help);
  };
  add(switches_, tr("Switch"), tr("Turn the chosen units off, up, or to a value"));
  add(concepts_, tr("By concept"), tr("All units that draw a tree, as one switch"));
  add(paint_, tr("Paint"), tr("Draw or remove what units draw, where the brush goes over the picture"));
  add(edits_, tr("Changes"), tr("What was done to units, and how to take it back"));
  overlay_ = new QCheckBox(tr("Map on the picture"));
  overlay_->setToolTip(tr("Lays the map of the unit that is marked in the gallery over the picture"));
  tools_->setCornerWidget(overlay_, Qt::TopRightCorner);
  splitter->addWidget(tools_);
  splitter->setStretchFactor(0, 1);
  splitter->setStretchFactor(1, 0);
  splitter->setSizes({400, 190});
  column->addWidget(splitter);

  connect(gallery_, &UnitGallery::chosenChanged, this, [this] {
    showOverlay();
    tellSelection();
    Q_EMIT stateChanged();
  });
  connect(gallery_, &UnitGallery::layerPicked, this, [this] {
    showOverlay();
    this->context().selection.setLayer(gallery_->layer());
    Q_EMIT stateChanged();
  });
  connect(gallery_, &UnitGallery::unitOpened, this, &UnitsPage::open);
  connect(switches_, &UnitSwitchPanel::unitOpened, this, &UnitsPage::open);
  connect(gallery_, &UnitGallery::viewChanged, this, &GeneratorPage::stateChanged);
  connect(gallery_, &UnitGallery::busyChanged, this, &GeneratorPage::busyChanged);
  connect(&gallery_->maps(), &SceneMaps::known, this, &UnitsPage::showOverlay);
  connect(gallery_->grid(), &TileGrid::currentChanged, this, &UnitsPage::showOverlay);
  connect(paint_, &PaintPanel::stateChanged, this, &GeneratorPage::stateChanged);
  connect(concepts_, &ConceptSwitches::layerWanted, this, [this](const QString& layer) { choose(layer, {}); });
  connect(edits_, &EditList::groupPicked, this, &UnitsPage::choose);
  connect(edits_, &EditList::countChanged, this, [this](int count) {
    tools_->setTabText(tools_->indexOf(edits_), count > 0 ? tr("Changes (%1)").arg(count) : tr("Changes"));
  });
  connect(overlay_, &QCheckBox::toggled, this, [this] {
    showOverlay();
    Q_EMIT stateChanged();
  });
  connect(tools_, &QTabWidget::currentChanged, this, [this] {
    tellPainter();
    Q_EMIT stateChanged();
  });
  connect(&this->context().selection, &Selection::changed, this, &UnitsPage::follow);
  connect(&gallery_->layers(), &MapLayers::known, this, &UnitsPage::follow);
}

void UnitsPage::choose(const QString& layer, const std::vector<std::int64_t>& units) {
  gallery_->setLayer(layer);
  gallery_->choose(units);
  Q_EMIT gallery_->layerPicked();
  Q_EMIT gallery_->chosenChanged();
}

void UnitsPage::follow() {
  const Focus& focus = context().selection.focus();
  if (telling_ || !gallery_->layers().find(focus.layer)) return;
  const bool known = focus.layer == gallery_->layer() &&
                     (focus.unit < 0 || std::ranges::find(gallery_->chosen(), focus.unit) != gallery_->chosen().end());
  if (known) return;
  telling_ = true;
  gallery_->setLayer(focus.layer);
  if (focus.unit >= 0) gallery_->choose({focus.unit});
  Q_EMIT gallery_->layerPicked();
  Q_EMIT gallery_->chosenChanged();
  telling_ = false;
}

void UnitsPage::tellSelection() {
  if (telling_ || gallery_->layer().isEmpty() || gallery_->chosen().empty() || !active_) return;
  telling_ = true;
  context().selection.setUnit(gallery_->layer(), int(gallery_->chosen().back()));
  telling_ = false;
}

void UnitsPage::open(int unit) {
  telling_ = true;
  context().selection.setUnit(gallery_->layer(), unit);
  telling_ = false;
  Q_EMIT workspaceWanted(QStringLiteral("neurons"));
}

void UnitsPage::showOverlay() {
  QImage map;
  if (active_ && overlay_->isChecked()) {
    const int place = gallery_->grid()->current();
    const std::vector<int>& order = gallery_->order();
    if (place >= 0 && std::size_t(place) < order.size()) map = gallery_->maps().overlay(order[std::size_t(place)]);
  }
  painter_->setOverlay(map);
}

void UnitsPage::tellPainter() {
  painter_->setActive(active_ && tools_->currentWidget() == paint_);
}

void UnitsPage::setActive(bool active) {
  if (active_ == active) return;
  active_ = active;
  gallery_->setAwake(active);
  tellPainter();
  showOverlay();
}

bool UnitsPage::busy() const {
  return active_ && gallery_->busy();
}

QJsonObject UnitsPage::saveState() const {
  QJsonArray chosen;
  for (const std::int64_t unit : gallery_->chosen()) chosen.append(qint64(unit));
  return {{"gallery", gallery_->saveState()},
          {"chosen", chosen},
          {"tool", tools_->currentIndex()},
          {"paint", paint_->saveState()},
          {"overlay", overlay_->isChecked()}};
}

void UnitsPage::restoreState(const QJsonObject& state) {
  gallery_->restoreState(state["gallery"].toObject());
  std::vector<std::int64_t> chosen;
  for (const QJsonValue& unit : state["chosen"].toArray())
    if (unit.isDouble()) chosen.push_back(unit.toInteger());
  gallery_->choose(std::move(chosen));
  Q_EMIT gallery_->chosenChanged();
  tools_->setCurrentIndex(std::clamp(state["tool"].toInt(0), 0, tools_->count() - 1));
  paint_->restoreState(state["paint"].toObject());
  overlay_->setChecked(state["overlay"].toBool(false));
}

}  // namespace unitscope
