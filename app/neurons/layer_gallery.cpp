#include "app/neurons/layer_gallery.h"

#include <algorithm>

#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "app/availability.h"
#include "app/document.h"
#include "app/neurons/activation_pictures.h"
#include "app/neurons/layer_box.h"
#include "app/neurons/top_pictures.h"
#include "app/neurons/unit_knowledge.h"
#include "app/neurons/unit_portraits.h"
#include "app/selection.h"
#include "widgets/empty_state.h"

namespace unitscope {

namespace {

// Tiles just outside of what is seen are readied too, so that scrolling finds them there.
constexpr int kRowsAhead = 2;

QString number(double value) {
  return std::isfinite(value) ? QLocale().toString(value, 'g', 3) : QStringLiteral("\u2013");
}

}  // namespace

LayerGallery::LayerGallery(const Context& context, UnitPortraits& portraits, UnitKnowledge& knowledge,
                           const QString& name, QWidget* parent)
    : QWidget(parent), context_(context), portraits_(portraits), knowledge_(knowledge), name_(name) {
  activations_ = new ActivationPictures(context, QStringLiteral("neurons/activations/") + name, this);
  top_ = new TopPictures(context, knowledge, QStringLiteral("neurons/top/") + name, this);
  makeLayout();
  const auto repaint = [this](int unit) { grid_->refresh(placeOf(unit)); };
  connect(activations_, &ActivationPictures::painted, this, repaint);
  connect(activations_, &ActivationPictures::known, this, [this] { update(false); });
  connect(top_, &TopPictures::painted, this, repaint);
  connect(&portraits_, &UnitPortraits::changed, this, [this](const FeatureWish& wish) {
    if (wish.layer == layer_ && wish.look == FeatureWish::Look::Positive) grid_->refresh(placeOf(wish.unit));
  });
  connect(&portraits_, &UnitPortraits::stateChanged, this, &LayerGallery::showCaption);
  connect(&knowledge_, &UnitKnowledge::changed, this, [this] { update(true); });
  connect(&knowledge_, &UnitKnowledge::busyChanged, this, &LayerGallery::showEmpty);
  connect(grid_, &TileGrid::visibleChanged, this, &LayerGallery::want);
  connect(grid_, &TileGrid::currentChanged, this, [this] { Q_EMIT unitMoved(currentUnit()); });
  connect(grid_, &TileGrid::activated, this, [this] { Q_EMIT unitOpened(currentUnit()); });
  connect(grid_, &TileGrid::tileSizeChanged, this, &LayerGallery::tileSizeChanged);
  connect(collect_, &QPushButton::clicked, this, &LayerGallery::collectWanted);
}

void LayerGallery::makeLayout() {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  caption_ = new QLabel;
  caption_->setContentsMargins(8, 4, 8, 4);
  caption_->setForegroundRole(QPalette::PlaceholderText);
  caption_->setWordWrap(true);
  column->addWidget(caption_);
  stack_ = new QStackedWidget;
  grid_ = new TileGrid;
  grid_->setAccessibleName(tr("Units"));
  empty_ = new EmptyState;
  empty_->setIcon(QStringLiteral("unit"));
  collect_ = empty_->addButton(tr("Collect examples"), QStringLiteral("images"));
  stack_->addWidget(grid_);
  stack_->addWidget(empty_);
  column->addWidget(stack_, 1);
  setFocusProxy(grid_);
}

void LayerGallery::setView(const QString& layer, const NeuronsState& state) {
  const bool other = layer != layer_;
  layer_ = layer;
  state_ = state;
  int units = 0;
  for (const LayerOfUnits& one : unitLayers(context_.document))
    if (one.name == layer) units = one.units;
  if (other || units != int(facts_.size())) facts_.assign(std::size_t(units), {});
  grid_->setTileSize(state.tileSize);
  top_->look(layer, state.tiles == TileKind::MeanCrop ? TopPictures::Kind::Mean : TopPictures::Kind::Top);
  if (other) grid_->scrollToTop();
  update(true);
}

void LayerGallery::setAwake(bool awake) {
  if (awake == awake_) return;
  awake_ = awake;
  update(true);
}

void LayerGallery::update(bool knowledgeToo) {
  if (awake_) {
    activations_->look(layer_, context_.selection.focus().image);
    knowledge_.look(layer_);
  }
  if (knowledgeToo) knowledge_.fill(layer_, facts_);
  const UnitMaps* maps = activations_->maps();
  for (std::size_t i = 0; i < facts_.size(); ++i)
    facts_[i].activation =
        maps && activations_->layer() == layer_ && int(i) < maps->units() ? maps->largest(std::int64_t(i)) : NAN;
  rearrange();
  showEmpty();
  showCaption();
  want();
  Q_EMIT factsChanged();
}

void LayerGallery::rearrange() {
  const int current = currentUnit();
  order_ = orderedUnits(facts_, state_.sort, state_.search);
  places_.assign(facts_.size(), -1);
  for (std::size_t i = 0; i < order_.size(); ++i) places_[std::size_t(order_[i])] = int(i);
  grid_->setEmptyText(facts_.empty() ? QString() : tr("No unit fits the search"));
  grid_->setTiles(int(order_.size()), [this](int place) { return tileOf(order_[std::size_t(place)]); });
  if (current >= 0) grid_->setCurrent(placeOf(current), false);
}

void LayerGallery::showEmpty() {
  const bool examples = state_.tiles == TileKind::TopImages || state_.tiles == TileKind::MeanCrop;
  const bool none = examples && knowledge_.exampleLayer(layer_) < 0;
  const bool dark = state_.tiles == TileKind::Activation && context_.selection.focus().image == 0;
  collect_->setVisible(none);
  setAvailable(*collect_, knowledge_.collecting() ? tr("Examples are being collected") : QString());
  if (layer_.isEmpty() || facts_.empty()) {
    empty_->setHeadline(tr("No units"));
    const bool known = context_.document.hasModel() && !context_.document.opened().layerShapes.empty();
    empty_->setText(known ? tr("Choose a layer that has units") : tr("The layers are being measured\u2026"));
  } else if (none && knowledge_.collecting()) {
    empty_->setHeadline(tr("Collecting examples\u2026"));
    empty_->setText(tr("Every picture is shown to the network once. You can go on working meanwhile."));
  } else if (none) {
    empty_->setHeadline(tr("No examples of this layer yet"));
    empty_->setText(knowledge_.searching()
                        ? tr("Looking for what was collected before\u2026")
                        : tr("Show the network many pictures, and see which of them excite each unit most."));
  } else if (dark) {
    empty_->setHeadline(tr("No image"));
    empty_->setText(tr("Drop an image on the window, or open one (Ctrl+Shift+O), to see where each unit fires on it."));
  } else {
    stack_->setCurrentWidget(grid_);
    return;
  }
  stack_->setCurrentWidget(empty_);
}

void LayerGallery::showCaption() {
  if (layer_.isEmpty()) return caption_->clear();
  QStringList parts{QStringLiteral("<b>%1</b>").arg(layer_.toHtmlEscaped())};
  parts << (order_.size() == facts_.size() ? tr("%1 units").arg(facts_.size())
                                           : tr("%1 of %2 units").arg(order_.size()).arg(facts_.size()));
  if (state_.tiles == TileKind::Features && awake_) {
    const QString failure = portraits_.failure(layer_);
    if (!failure.isEmpty()) {
      parts << tr("no feature visualization: %1").arg(failure.toHtmlEscaped());
    } else if (knowledge_.collecting() || knowledge_.dissecting()) {
      parts << tr("pictures wait until the data is through");
    } else if (const int waiting = portraits_.waiting(); waiting > 0) {
      parts << tr("pictures still to come: %1").arg(waiting);
    }
  }
  caption_->setText(parts.join(QStringLiteral(" \u00b7 ")));
}

void LayerGallery::want() {
  std::vector<FeatureWish> wishes;
  std::vector<int> units;
  if (awake_ && stack_->currentWidget() == grid_) {
    const auto [first, last] = grid_->visible();
    const int ahead = kRowsAhead * grid_->columns();
    for (int i = first; i <= std::min(last + ahead, int(order_.size()) - 1); ++i)
      units.push_back(order_[std::size_t(i)]);
    if (state_.tiles == TileKind::Features)
      for (const int unit : units) wishes.push_back({layer_, unit, FeatureWish::Look::Positive, 0});
  }
  const bool activations = state_.tiles == TileKind::Activation || state_.tiles == TileKind::Features;
  activations_->want(activations ? units : std::vector<int>());
  top_->want(activations ? std::vector<int>() : units);
  portraits_.want(QStringLiteral("gallery/") + name_, std::move(wishes), 2);
}

Tile LayerGallery::tileOf(int unit) const {
  Tile tile;
  if (unit < 0 || std::size_t(unit) >= facts_.size()) return tile;
  const UnitFacts& facts = facts_[std::size_t(unit)];
  const double factor = state_.factor(layer_, unit);
  tile.title =
      facts.conceptName.isEmpty() ? QString::number(unit) : QStringLiteral("%1 %2").arg(unit).arg(facts.conceptName);
  if (factor != 1.0) {
    tile.subtitle = factor == 0.0 ? tr("off") : QStringLiteral("\u00d7 %1").arg(number(factor));
  } else if (facts.dead) {
    tile.subtitle = tr("never active");
  } else if (state_.sort == UnitSort::Selectivity) {
    tile.subtitle = facts.best.isEmpty() ? number(facts.selectivity)
                                         : QStringLiteral("%1 %2").arg(number(facts.selectivity), facts.best);
  } else if ((state_.sort == UnitSort::Iou || state_.sort == UnitSort::Concept) && std::isfinite(facts.iou)) {
    tile.subtitle = tr("IoU %1").arg(number(facts.iou));
  } else if (std::isfinite(facts.activation)) {
    tile.subtitle = number(facts.activation);
  }
  QStringList help;
  if (std::isfinite(facts.activation)) help << tr("At most %1 on the current image").arg(number(facts.activation));
  if (std::isfinite(facts.selectivity))
    help << tr("Class selectivity %1%2")
                .arg(number(facts.selectivity), facts.best.isEmpty() ? QString() : tr(" for %1").arg(facts.best));
  if (!facts.conceptName.isEmpty()) help << tr("Detects %1, IoU %2").arg(facts.conceptName, number(facts.iou));
  tile.help = help.join(QLatin1Char('\n'));
  tile.muted = factor == 0.0 || facts.dead;
  if (state_.tiles == TileKind::TopImages || state_.tiles == TileKind::MeanCrop) {
    tile.picture = top_->picture(unit);
    const QString failure = top_->failure(unit);
    tile.failed = !failure.isEmpty();
    if (tile.failed) tile.help = failure;
    return tile;
  }
  if (state_.tiles == TileKind::Features) {
    const FeatureWish wish{layer_, unit, FeatureWish::Look::Positive, 0};
    tile.picture = portraits_.picture(wish);
    tile.forming = portraits_.forming(wish);
  }
  // Where it fires stands in until what it looks for is there.
  if (tile.picture.isNull() && activations_->layer() == layer_) tile.picture = activations_->picture(unit);
  return tile;
}

int LayerGallery::placeOf(int unit) const {
  return unit >= 0 && std::size_t(unit) < places_.size() ? places_[std::size_t(unit)] : -1;
}

int LayerGallery::currentUnit() const {
  const int place = grid_->current();
  return place >= 0 && std::size_t(place) < order_.size() ? order_[std::size_t(place)] : -1;
}

void LayerGallery::setCurrentUnit(int unit) {
  grid_->setCurrent(placeOf(unit));
}

int LayerGallery::neighbour(int unit, int by) const {
  const int place = placeOf(unit);
  const int next = place < 0 ? (by > 0 ? 0 : -1) : place + by;
  return next >= 0 && std::size_t(next) < order_.size() ? order_[std::size_t(next)] : -1;
}

bool LayerGallery::busy() const {
  return awake_ && (activations_->asking() || top_->asking());
}

}  // namespace unitscope
