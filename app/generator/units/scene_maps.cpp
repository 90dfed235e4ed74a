#include "app/generator/units/scene_maps.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "app/aside.h"
#include "app/engine_bridge.h"
#include "app/generator/generator_stage.h"
#include "app/image_convert.h"
#include "app/neurons/activation_pictures.h"

namespace unitscope {
namespace {

constexpr int kQuiet = 120;  // milliseconds
constexpr std::size_t kTogether = 12;
constexpr std::size_t kMostKept = 1500;
constexpr int kSeenSide = 160;  // a tile is not larger

using Pictures = std::vector<std::pair<int, QImage>>;

}  // namespace

SceneMaps::SceneMaps(const Context& context, GeneratorStage& stage, QObject* parent)
    : QObject(parent), context_(context), stage_(stage), quiet_(stage, kQuiet) {
  connect(&quiet_, &StageQuiet::settled, this, &SceneMaps::ask);
  connect(&quiet_, &StageQuiet::disturbed, this, [this] {
    if (!asking_) return;
    ++round_;
    asking_ = false;
    context_.engine.cancelPane(QStringLiteral("generator/maps"));
    Q_EMIT busyChanged();
  });
  connect(&stage_, &GeneratorStage::generatorChanged, this, [this] {
    layer_.clear();
    forget();
  });
}

void SceneMaps::setAwake(bool awake) {
  awake_ = awake;
  ask();
}

void SceneMaps::look(const QString& layer) {
  if (layer == layer_) return;
  layer_ = layer;
  forget();
  ask();
}

void SceneMaps::forget() {
  ++round_;
  if (std::exchange(asking_, false)) context_.engine.cancelPane(QStringLiteral("generator/maps"));
  painting_ = false;
  pictures_.clear();
  units_.clear();
  of_ = {};
  if (std::exchange(maps_, nullptr)) Q_EMIT known();
  Q_EMIT busyChanged();
}

GeneratorScene SceneMaps::wanted() const {
  GeneratorScene scene = stage_.scene();
  std::erase_if(scene.sample.edits,
                [layer = layer_.toStdString()](const UnitEdit& edit) { return edit.change.layer == layer; });
  return scene;
}

void SceneMaps::ask() {
  if (!awake_ || asking_ || layer_.isEmpty() || !quiet_.quiet() || !stage_.generator() || stage_.scene().empty())
    return;
  const GeneratorScene scene = wanted();
  if (maps_ && scene == of_) return;
  asking_ = true;
  using Found = std::shared_ptr<const UnitMaps>;
  context_.engine.ask<Found>(
      tr("Activations of %1").arg(layer_), QStringLiteral("generator/maps"),
      [scene, layer = layer_.toStdString(), generator = stage_.generator(), live = stage_.live()](
          const Progress&, const CancelToken& cancel) -> Found {
        return std::make_shared<const UnitMaps>(
            live->activations(questionOf(*generator, scene, cancel), layer, cancel));
      },
      this,
      [this, scene, round = round_](const Found& maps) {
        if (round != round_) return;
        asking_ = false;
        of_ = scene;
        maps_ = maps;
        ++version_;
        QImage picture = stage_.picture();
        if (std::max(picture.width(), picture.height()) > kSeenSide)
          picture = picture.scaled(kSeenSide, kSeenSide, Qt::KeepAspectRatio, Qt::SmoothTransformation);
        seen_ = picture.isNull() ? nullptr : std::make_shared<const Image>(fromQImage(picture));
        Q_EMIT known();
        Q_EMIT busyChanged();
        paint();
      },
      [this, round = round_](const Problem&) {
        if (round != round_) return;
        asking_ = false;
        Q_EMIT busyChanged();
      });
  Q_EMIT busyChanged();
}

void SceneMaps::want(const std::vector<int>& units) {
  units_ = units;
  paint();
}

void SceneMaps::paint() {
  if (painting_ || !maps_ || !seen_) return;
  std::vector<int> some;
  for (const int unit : units_) {
    if (unit < 0 || unit >= maps_->units()) continue;
    const auto kept = pictures_.find(unit);
    if (kept != pictures_.end() && kept->second.version == version_) continue;
    some.push_back(unit);
    if (some.size() == kTogether) break;
  }
  if (some.empty()) return;
  painting_ = true;
  runAside<Pictures>(
      this,
      [some, maps = maps_, seen = seen_] {
        Pictures all;
        for (const int unit : some) all.emplace_back(unit, paintUnit(*maps, unit, *seen));
        return all;
      },
      [this, layer = layer_, version = version_](const Pictures& all) {
        if (layer != layer_ || !maps_) return;
        painting_ = false;
        if (pictures_.size() > kMostKept) pictures_.clear();
        for (const auto& [unit, image] : all) {
          pictures_[unit] = {image, version};
          Q_EMIT painted(unit);
        }
        paint();
        if (!painting_) Q_EMIT busyChanged();
      });
}

QImage SceneMaps::picture(int unit) const {
  const auto found = pictures_.find(unit);
  return found == pictures_.end() ? QImage() : found->second.picture;
}

QImage SceneMaps::overlay(int unit) const {
  if (!maps_ || unit < 0 || unit >= maps_->units()) return {};
  const HeatMap map = maps_->map(unit);
  HeatPaint paint;
  paint.colors = ColorMap::Viridis;
  const auto [low, high] = std::ranges::minmax_element(map.values);
  HeatRange range{std::min(0.0, double(*low)), double(*high)};
  if (!(range.high > range.low)) range.high = range.low + 1.0;
  return toQImage(paintHeat(map, paint, range));
}

double SceneMaps::largest(std::int64_t unit) const {
  return maps_ && unit >= 0 && unit < maps_->units() ? double(maps_->largest(unit)) : NAN;
}

}  // namespace unitscope
