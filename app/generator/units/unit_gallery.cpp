#include "app/generator/units/unit_gallery.h"

#include <algorithm>
#include <cmath>

#include <QAction>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QShortcut>
#include <QVBoxLayout>

#include "app/availability.h"
#include "app/generator/generator_concepts.h"
#include "app/generator/generator_stage.h"
#include "app/generator/scene_edits.h"
#include "app/generator/units/map_layers.h"
#include "app/generator/units/scene_maps.h"
#include "widgets/icons.h"

namespace unitscope {
namespace {

constexpr int kRowsAhead = 1;

QString number(double value) {
  return std::isfinite(value) ? QLocale().toString(value, 'g', 3) : QStringLiteral("\u2013");
}

}  // namespace

UnitGallery::UnitGallery(const Context& context, GeneratorStage& stage, QWidget* parent)
    : QWidget(parent),
      stage_(stage),
      layers_(new MapLayers(context, stage, this)),
      maps_(new SceneMaps(context, stage, this)) {
  makeLayout();
  connect(layers_, &MapLayers::known, this, &UnitGallery::fillLayers);
  connect(stage_.concepts(), &GeneratorConcepts::changed, this, [this] {
    for (const QString& layer : stage_.concepts()->layers()) layers_->add(layer);
    // A dissection is of a layer that is worth looking at.
    if (restored_.isEmpty() && !stage_.concepts()->of(layer_) && !stage_.concepts()->layers().isEmpty()) {
      const QStringList dissected = stage_.concepts()->layers();
      const auto groups = [this](const QString& layer) { return stage_.concepts()->of(layer)->groups.size(); };
      setLayer(*std::ranges::max_element(dissected, {}, groups));
      Q_EMIT chosenChanged();
    }
    fillFacts();
  });
  connect(maps_, &SceneMaps::known, this, [this] {
    fillFacts();
    Q_EMIT viewChanged();
  });
  connect(maps_, &SceneMaps::painted, this, [this](int unit) { grid_->refresh(placeOf(unit)); });
  connect(maps_, &SceneMaps::busyChanged, this, &UnitGallery::busyChanged);
  connect(&stage_, &GeneratorStage::sceneChanged, grid_, &TileGrid::refreshAll);
  connect(layerBox_, &QComboBox::activated, this, [this] {
    restored_ = layerBox_->currentData().toString();
    setLayer(restored_);
    Q_EMIT layerPicked();
  });
  connect(sortBox_, &QComboBox::activated, this, [this] {
    rearrange();
    Q_EMIT viewChanged();
  });
  connect(search_, &QLineEdit::textChanged, this, [this] {
    rearrange();
    Q_EMIT viewChanged();
  });
  connect(grid_, &TileGrid::picked, this, &UnitGallery::pick);
  connect(grid_, &TileGrid::opened, this, [this](int place) { Q_EMIT unitOpened(order_[std::size_t(place)]); });
  connect(grid_, &TileGrid::visibleChanged, this, &UnitGallery::want);
  connect(grid_, &TileGrid::tileSizeChanged, this, &UnitGallery::viewChanged);
  auto* all = new QShortcut(
      QKeySequence::SelectAll, grid_, this, [this] { chooseShown(); }, Qt::WidgetWithChildrenShortcut);
  all->setAutoRepeat(false);
  fillLayers();
}

void UnitGallery::makeLayout() {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(4);
  auto* line = new QHBoxLayout;
  line->setContentsMargins(8, 0, 8, 0);
  layerBox_ = new QComboBox;
  layerBox_->setAccessibleName(tr("Layer"));
  layerBox_->setToolTip(tr("The layer whose units are shown"));
  layerBox_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  layerBox_->setMinimumContentsLength(12);
  layerBox_->setMaxVisibleItems(24);
  sortBox_ = new QComboBox;
  sortBox_->setAccessibleName(tr("Order of the units"));
  sortBox_->addItem(tr("By number"), int(UnitSort::Index));
  sortBox_->addItem(tr("By activation"), int(UnitSort::Activation));
  sortBox_->addItem(tr("By concept"), int(UnitSort::Concept));
  sortBox_->addItem(tr("By IoU"), int(UnitSort::Iou));
  sortBox_->setToolTip(tr("Activation: the largest in this picture. IoU: how well the unit agrees with its concept."));
  search_ = new QLineEdit;
  search_->setPlaceholderText(tr("Number or concept"));
  search_->setClearButtonEnabled(true);
  search_->addAction(themedIcon(QStringLiteral("search")), QLineEdit::LeadingPosition);
  search_->setAccessibleName(tr("Search units"));
  search_->setToolTip(tr("A number (17), a range (16-31), or a part of a concept's name"));
  line->addWidget(layerBox_, 3);
  line->addWidget(sortBox_, 2);
  line->addWidget(search_, 3);
  column->addLayout(line);
  caption_ = new QLabel;
  caption_->setContentsMargins(8, 0, 8, 0);
  caption_->setForegroundRole(QPalette::PlaceholderText);
  column->addWidget(caption_);
  grid_ = new TileGrid;
  grid_->setTileSize(72);
  grid_->setAccessibleName(tr("Units"));
  column->addWidget(grid_, 1);
  setFocusProxy(grid_);
}

void UnitGallery::setAwake(bool awake) {
  maps_->setAwake(awake);
  if (awake) maps_->look(layer_);
  want();
}

void UnitGallery::fillLayers() {
  layerBox_->clear();
  for (const MapLayer& layer : layers_->all())
    layerBox_->addItem(tr("%1 \u00b7 %2\u00d7%3").arg(layer.name).arg(layer.height).arg(layer.width), layer.name);
  setAvailable(*layerBox_, layerBox_->count() > 0 ? QString()
                           : layers_->asking()    ? tr("The layers are being measured")
                                                  : tr("No layer of this generator has maps"));
  if (layers_->all().empty()) {
    layer_.clear();
    facts_.clear();
    rearrange();
    return;
  }
  // Before the layers were known, a session may have named one.
  const QString wanted = layers_->find(restored_) ? restored_ : layers_->find(layer_) ? layer_ : layers_->first();
  const std::vector<std::int64_t> chosen = chosen_;
  layer_.clear();
  setLayer(wanted);
  choose(chosen);
  Q_EMIT chosenChanged();
}

void UnitGallery::setLayer(const QString& layer) {
  const MapLayer* found = layers_->find(layer);
  if (!found) {
    if (layers_->all().empty()) restored_ = layer;
    return;
  }
  layerBox_->setCurrentIndex(layerBox_->findData(layer));
  if (layer == layer_) return;
  layer_ = layer;
  chosen_.clear();
  anchor_ = -1;
  facts_.assign(std::size_t(found->units), {});
  grid_->setCurrent(-1);
  grid_->scrollToTop();
  maps_->look(layer);
  fillFacts();
}

void UnitGallery::choose(std::vector<std::int64_t> units) {
  if (!facts_.empty())
    std::erase_if(units, [this](std::int64_t unit) { return unit < 0 || std::size_t(unit) >= facts_.size(); });
  chosen_ = std::move(units);
  anchor_ = chosen_.empty() ? -1 : chosen_.front();
  if (!chosen_.empty()) grid_->setCurrent(placeOf(chosen_.front()));
  grid_->refreshAll();
}

void UnitGallery::chooseShown() {
  choose(std::vector<std::int64_t>(order_.begin(), order_.end()));
  Q_EMIT chosenChanged();
}

void UnitGallery::fillFacts() {
  const LayerConcepts* known = stage_.concepts()->of(layer_);
  for (std::size_t i = 0; i < facts_.size(); ++i) {
    UnitFacts& facts = facts_[i];
    facts = {};
    facts.activation = maps_->layer() == layer_ ? maps_->largest(std::int64_t(i)) : NAN;
    if (known && i < known->units.size()) {
      facts.conceptName = known->units[i].conceptName;
      facts.iou = known->units[i].iou;
    }
  }
  rearrange();
}

void UnitGallery::rearrange() {
  const int place = grid_->current();
  const int current = place >= 0 && std::size_t(place) < order_.size() ? order_[std::size_t(place)] : -1;
  order_ = orderedUnits(facts_, UnitSort(sortBox_->currentData().toInt()), search_->text());
  grid_->setEmptyText(layers_->asking()  ? tr("The layers are being measured\u2026")
                      : layer_.isEmpty() ? tr("No layer of this generator has maps")
                      : facts_.empty()   ? QString()
                                         : tr("No unit fits the search"));
  grid_->setTiles(int(order_.size()), [this](int at) { return tileOf(order_[std::size_t(at)]); });
  if (current >= 0) grid_->setCurrent(placeOf(current), false);
  const bool dissected = stage_.concepts()->of(layer_) != nullptr;
  caption_->setText(
      layer_.isEmpty() ? QString()
                       : (order_.size() == facts_.size() ? tr("%1 units").arg(facts_.size())
                                                         : tr("%1 of %2 units").arg(order_.size()).arg(facts_.size())) +
                             (dissected ? QString() : tr(" \u00b7 not dissected yet, so without concepts")));
  want();
}

void UnitGallery::want() {
  std::vector<int> units;
  const auto [first, last] = grid_->visible();
  const int end = std::min(int(order_.size()) - 1, last + kRowsAhead * grid_->columns());
  for (int i = std::max(0, first); i <= end; ++i) units.push_back(order_[std::size_t(i)]);
  maps_->want(units);
}

int UnitGallery::placeOf(std::int64_t unit) const {
  const auto found = std::ranges::find(order_, int(unit));
  return found == order_.end() ? -1 : int(found - order_.begin());
}

void UnitGallery::pick(int place, Qt::KeyboardModifiers modifiers) {
  const std::int64_t unit = order_[std::size_t(place)];
  const int anchor = placeOf(anchor_);
  if ((modifiers & Qt::ShiftModifier) && anchor >= 0) {
    chosen_.clear();
    for (int i = std::min(anchor, place); i <= std::max(anchor, place); ++i) chosen_.push_back(order_[std::size_t(i)]);
  } else if (modifiers & Qt::ControlModifier) {
    if (std::erase(chosen_, unit) == 0) chosen_.push_back(unit);
    anchor_ = unit;
  } else {
    chosen_ = {unit};
    anchor_ = unit;
  }
  grid_->refreshAll();
  Q_EMIT chosenChanged();
}

Tile UnitGallery::tileOf(int unit) const {
  Tile tile;
  if (unit < 0 || std::size_t(unit) >= facts_.size()) return tile;
  const UnitFacts& facts = facts_[std::size_t(unit)];
  tile.title =
      facts.conceptName.isEmpty() ? QString::number(unit) : QStringLiteral("%1 %2").arg(unit).arg(facts.conceptName);
  const UnitState state = stateOf(stage_.scene(), layer_.toStdString(), unit);
  if (!state.asIs()) {
    tile.subtitle = stateText(state);
  } else if (std::isfinite(facts.iou) && UnitSort(sortBox_->currentData().toInt()) != UnitSort::Activation) {
    tile.subtitle = tr("IoU %1").arg(number(facts.iou));
  } else if (std::isfinite(facts.activation)) {
    tile.subtitle = number(facts.activation);
  }
  QStringList help;
  if (std::isfinite(facts.activation)) help << tr("At most %1 in this picture").arg(number(facts.activation));
  if (!facts.conceptName.isEmpty()) help << tr("Draws %1, IoU %2").arg(facts.conceptName, number(facts.iou));
  help << tr("Double click: what excites it, in Neurons");
  tile.help = help.join(QLatin1Char('\n'));
  tile.picture = maps_->layer() == layer_ ? maps_->picture(unit) : QImage();
  tile.muted = state.kind == UnitSwitch::Kind::Scale && state.off();
  tile.chosen = std::ranges::find(chosen_, std::int64_t(unit)) != chosen_.end();
  return tile;
}

bool UnitGallery::busy() const {
  return maps_->busy() || layers_->asking();
}

QJsonObject UnitGallery::saveState() const {
  return {{"layer", layer_},
          {"sort", idOf(UnitSort(sortBox_->currentData().toInt()))},
          {"search", search_->text()},
          {"tileSize", grid_->tileSize()}};
}

void UnitGallery::restoreState(const QJsonObject& state) {
  restored_ = state["layer"].toString();
  for (int i = 0; i < sortBox_->count(); ++i)
    if (idOf(UnitSort(sortBox_->itemData(i).toInt())) == state["sort"].toString()) sortBox_->setCurrentIndex(i);
  search_->setText(state["search"].toString());
  grid_->setTileSize(state["tileSize"].toInt(grid_->tileSize()));
  if (!restored_.isEmpty()) setLayer(restored_);
  rearrange();
}

}  // namespace unitscope
