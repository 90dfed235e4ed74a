#include "app/neurons/activation_pictures.h"

#include <algorithm>
#include <utility>

#include "app/aside.h"
#include "app/engine_bridge.h"
#include "app/image_convert.h"
#include "app/selection.h"
#include "graph/layers.h"

namespace unitscope {

namespace {

constexpr std::size_t kTogether = 12;
constexpr int kKeptKiB = 96 * 1024;
constexpr int kLargestSide = 224;  // of a tile's picture; a photo's own size would be drawn small anyway

struct Looked {
  std::shared_ptr<const UnitMaps> maps;
  std::shared_ptr<const Image> seen;
};

using Painted = std::vector<std::pair<int, QImage>>;

}  // namespace

QImage paintUnit(const UnitMaps& maps, int unit, const Image& seen) {
  HeatPaint paint;
  paint.colors = ColorMap::Viridis;
  const UnitAxes& axes = maps.axes();
  if (axes.height * axes.width == 1) {
    paint.range = HeatPaint::Range::Fixed;
    return toQImage(paintHeat(maps.map(unit), paint, maps.range()))
        .scaled(64, 64, Qt::IgnoreAspectRatio, Qt::FastTransformation);
  }
  // Every unit in its own range from zero: next to a strong one the others would show nothing.
  const HeatMap map = maps.map(unit);
  const auto [low, high] = std::minmax_element(map.values.begin(), map.values.end());
  HeatRange range{std::min(0.0, double(*low)), double(*high)};
  if (!(range.high > range.low)) range.high = range.low + 1.0;
  paint.opacity = 0.65;
  QImage image = toQImage(overlayHeat(seen, map, paint, range));
  if (std::max(image.width(), image.height()) > kLargestSide)
    image = image.scaled(kLargestSide, kLargestSide, Qt::KeepAspectRatio, Qt::SmoothTransformation);
  return image;
}

ActivationPictures::ActivationPictures(const Context& context, const QString& pane, QObject* parent)
    : QObject(parent), context_(context), pane_(pane), pictures_(kKeptKiB) {}

void ActivationPictures::look(const QString& layer, ImageId image) {
  if (layer == layer_ && image == image_ && (maps_ || asking_)) return;
  const bool sameLayer = layer == layer_;
  layer_ = layer;
  image_ = image;
  if (!sameLayer) wanted_.clear();
  forget();
  ask();
}

void ActivationPictures::forget() {
  ++round_;
  asking_ = painting_ = false;
  context_.engine.cancelPane(pane_);
  pictures_.clear();
  seen_.reset();
  if (std::exchange(maps_, nullptr)) Q_EMIT known();
}

void ActivationPictures::ask() {
  const PictureEntry* picture = context_.document.picture(image_);
  if (layer_.isEmpty() || !picture || !context_.document.hasModel()) return;
  asking_ = true;
  const int round = round_;
  context_.engine.ask<Looked>(
      tr("Activations of %1").arg(layer_), pane_,
      [model = context_.document.model(), pixels = picture->pixels, layer = layer_.toStdString()](
          const Progress&, const CancelToken& cancel) {
        const Array input = model->preprocess(*pixels);
        const ValueId value = resolveLayer(model->graph(), model->layers(), layer);
        return Looked{std::make_shared<UnitMaps>(model->activations(input, value, cancel)),
                      std::make_shared<Image>(model->pictureOf(input))};
      },
      this,
      [this, round](const Looked& looked) {
        if (round != round_) return;
        asking_ = false;
        maps_ = looked.maps;
        seen_ = looked.seen;
        Q_EMIT known();
        paint();
      },
      [this, round](const Problem&) {
        if (round == round_) asking_ = false;
      });
}

void ActivationPictures::want(const std::vector<int>& units) {
  wanted_ = units;
  paint();
}

QImage ActivationPictures::picture(int unit) const {
  const QImage* image = pictures_.object(unit);
  return image ? *image : QImage();
}

void ActivationPictures::paint() {
  if (painting_ || !maps_) return;
  std::vector<int> some;
  for (const int unit : wanted_) {
    if (unit < 0 || unit >= maps_->units() || pictures_.contains(unit)) continue;
    some.push_back(unit);
    if (some.size() == kTogether) break;
  }
  if (some.empty()) return;
  painting_ = true;
  runAside<Painted>(
      this,
      [some, maps = maps_, seen = seen_] {
        Painted all;
        for (const int unit : some) all.emplace_back(unit, paintUnit(*maps, unit, *seen));
        return all;
      },
      [this, round = round_](const Painted& all) {
        if (round != round_) return;
        painting_ = false;
        for (const auto& [unit, image] : all) {
          pictures_.insert(unit, new QImage(image), int(std::max<qsizetype>(1, image.sizeInBytes() / 1024)));
          Q_EMIT painted(unit);
        }
        paint();
      });
}

}  // namespace unitscope
