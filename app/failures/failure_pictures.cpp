#include "app/failures/failure_pictures.h"

#include <algorithm>
#include <utility>

#include "app/image_convert.h"
#include "image/heat.h"
#include "sources/picture_source.h"

namespace unitscope {

namespace {

// So few that the first are seen at once, so many that opening the data does not count.
constexpr std::size_t kTogether = 24;
constexpr int kHeatSide = 96;

using Painted = std::vector<std::pair<QString, QImage>>;

HeatPaint paintOfShares() {
  HeatPaint paint;
  paint.colors = ColorMap::Viridis;
  paint.range = HeatPaint::Range::MinMax;
  return paint;
}

HeatMap heatMapOf(const Array& heat) {
  HeatMap map;
  if (heat.shape.size() != 2) return map;
  map.height = int(heat.shape[0]);
  map.width = int(heat.shape[1]);
  map.values = heat.values;
  return map;
}

QImage paintedHeat(const Array& heat) {
  return toQImage(paintHeat(heatMapOf(heat), paintOfShares()))
      .scaled(kHeatSide, kHeatSide, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
}

QImage painted(Model& model, const PictureSource& source, const FailureThumbnail& wanted) {
  if (wanted.number < 0) return paintedHeat(wanted.heat);
  const Image seen = model.pictureOf(source.at(wanted.number).input);
  return toQImage(wanted.heat.values.empty() ? seen : overlayHeat(seen, heatMapOf(wanted.heat), paintOfShares()));
}

}  // namespace

FailurePictures::FailurePictures(EngineBridge& engine, QObject* parent) : QObject(parent), engine_(engine) {
  soon_.setSingleShot(true);
  soon_.setInterval(0);
  connect(&soon_, &QTimer::timeout, this, &FailurePictures::askNext);
}

void FailurePictures::setSource(const BackgroundModel& model, const QString& data, quint64 seed) {
  clear();
  model_ = model;
  data_ = data;
  seed_ = seed;
}

void FailurePictures::clear() {
  ++round_;
  running_ = false;
  waiting_.clear();
  engine_.cancelPane(QStringLiteral("failures/pictures"));
}

void FailurePictures::want(const FailureThumbnail& thumbnail) {
  waiting_.push_back(thumbnail);
  if (!running_) soon_.start();
}

void FailurePictures::askNext() {
  if (running_ || waiting_.empty() || !model_.model) return;
  const auto end = waiting_.begin() + std::ptrdiff_t(std::min(kTogether, waiting_.size()));
  std::vector<FailureThumbnail> some(waiting_.begin(), end);
  waiting_.erase(waiting_.begin(), end);
  running_ = true;
  const int round = round_;
  std::vector<QString> ids;
  for (const FailureThumbnail& one : some) ids.push_back(one.id);
  engine_.askInBackground<Painted>(
      tr("Thumbnails"), QStringLiteral("failures/pictures"), model_,
      [data = data_.toStdString(), seed = seed_, some = std::move(some)](Model& model, const Progress&,
                                                                         const CancelToken& cancel) {
        const std::unique_ptr<PictureSource> source = openPictures(data, model, seed);
        Painted all;
        for (const FailureThumbnail& one : some) {
          cancel.check();
          all.emplace_back(one.id, painted(model, *source, one));
        }
        return all;
      },
      this,
      [this, round](Painted all) {
        if (round != round_) return;
        running_ = false;
        for (const auto& [id, picture] : all) Q_EMIT ready(id, picture);
        askNext();
      },
      [this, round, ids](const Problem& problem) {
        if (round != round_) return;
        running_ = false;
        for (const QString& id : ids) Q_EMIT failed(id, problem.reason);
        askNext();
      });
}

void FailurePictures::fetch(qint64 number, const std::function<void(QImage)>& done) {
  engine_.askInBackground<QImage>(
      tr("Fetching a picture"), QStringLiteral("failures/fetch"), model_,
      [data = data_.toStdString(), seed = seed_, number](Model& model, const Progress&, const CancelToken&) {
        return painted(model, *openPictures(data, model, seed), {{}, number, {}});
      },
      this, done);
}

}  // namespace unitscope
