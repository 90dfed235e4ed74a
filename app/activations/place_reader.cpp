#include "app/activations/place_reader.h"

#include "app/aside.h"

namespace unitscope {

namespace {

constexpr int kKeptThumbnails = 4000;

}  // namespace

HeatPaint similarityPaint(bool isSigned) {
  return paintOf(isSigned, 1.0);
}

PlaceReader::PlaceReader(QObject* parent) : QObject(parent), thumbnails_(std::make_shared<Thumbnails>()) {}

void PlaceReader::forget() {
  ++round_;
  turnstile_.forget();
}

void PlaceReader::read(const ScenePtr& scene, int picture, QPoint cell) {
  turnstile_.offer([this, scene, picture, cell, round = round_] {
    using Answer = std::optional<PlaceReading>;
    runAside<Answer>(
        this,
        [scene, picture, cell, known = thumbnails_]() -> Answer {
          try {
            return work(scene, picture, cell, *known);
          } catch (const std::exception&) {
            return {};  // a place that is not there
          }
        },
        [this, round](const Answer& answer) {
          if (answer && round == round_) Q_EMIT answered(*answer);
          turnstile_.done();
          Q_EMIT busyChanged();
        });
  });
}

PlaceReading PlaceReader::work(const ScenePtr& scene, int picture, QPoint cell, Thumbnails& known) {
  PlaceReading reading;
  reading.scene = scene;
  reading.picture = picture;
  reading.cell = cell;
  const auto at = std::size_t(picture);
  reading.units = scene->maps.topUnits(at, cell.y(), cell.x(), kUnits);
  reading.similarity = scene->maps.similarity(at, cell.y(), cell.x());
  for (const Array& similarity : reading.similarity)
    reading.overlays.push_back(paintedMap(similarity, similarityPaint(scene->isSigned)));
  if (known.scene != scene || known.pictures.size() > kKeptThumbnails) known = {scene, {}};
  for (const UnitActivation& unit : reading.units) {
    QImage& thumbnail = known.pictures[{picture, int(unit.unit)}];
    if (thumbnail.isNull()) {
      const Array map = scene->maps.map(at, unit.unit);
      thumbnail =
          mapOverPicture(scene->seen.at(at), map, paintOf(scene->isSigned, largestMagnitude(map)), kThumbnail * 2);
    }
    reading.unitMaps.push_back(thumbnail);
  }
  return reading;
}

}  // namespace unitscope
