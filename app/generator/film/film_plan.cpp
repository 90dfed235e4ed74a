#include "app/generator/film/film_plan.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <QImage>
#include <QPainter>

#include "app/generator/generator_stage.h"
#include "app/image_convert.h"
#include "gan/animation.h"
#include "gan/generator.h"
#include "runtime/error.h"

namespace unitscope {

namespace {

constexpr int kStripPictures = 8;

QImage enlarged(const Image& picture, int scale) {
  const QImage small = toQImage(picture).convertToFormat(QImage::Format_RGB888);
  return scale <= 1 ? small : small.scaled(small.size() * scale, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
}

/// fromQImage() blends over white and gives RGB; whatever the network's pictures are, films are in colour.
Image frameOf(const QImage& picture) {
  return fromQImage(picture);
}

QImage drawn(Generator& generator, const GeneratorScene& scene, int scale, const CancelToken& cancel) {
  const Array picture = generator.synthesise(questionOf(generator, scene, cancel), {}, cancel);
  return enlarged(generator.picturesOf(picture).front(), scale);
}

/// `share` of the picture from the left shows what it is after the changes.
QImage wiped(const QImage& before, const QImage& after, double share) {
  QImage frame = before;
  const int edge = int(std::lround(share * before.width()));
  QPainter painter(&frame);
  painter.drawImage(QRect(0, 0, edge, before.height()), after, QRect(0, 0, edge, before.height()));
  const int line = std::max(1, before.width() / 128);
  if (edge > 0 && edge < before.width()) painter.fillRect(edge - line / 2, 0, line, before.height(), Qt::white);
  return frame;
}

/// 0 to 1 and, where it returns, back to 0: evenly, with rests at both ends for films that return.
double shareAt(int frame, int frames, bool returns) {
  if (frames < 2) return 0.0;
  if (!returns) return double(frame) / double(frames - 1);
  // Half a turn of a cosine on either side: no jerk where the film turns round.
  return 0.5 - 0.5 * std::cos(2.0 * 3.14159265358979323846 * frame / frames);
}

}  // namespace

QString suffixOf(FilmPlan::Format format) {
  switch (format) {
    case FilmPlan::Format::Gif: return QStringLiteral("gif");
    case FilmPlan::Format::Mp4: return QStringLiteral("mp4");
    case FilmPlan::Format::WebM: return QStringLiteral("webm");
    default: return QStringLiteral("png");
  }
}

std::vector<GeneratorScene> scenesOf(const FilmPlan& plan) {
  std::vector<GeneratorScene> scenes;
  if (plan.what == FilmPlan::What::Walk) {
    const auto all = plan.walk.size();
    const auto count = std::min(all, std::size_t(std::max(1, plan.frames)));
    for (std::size_t i = 0; i < count; ++i) scenes.push_back(plan.walk[i * all / count]);
    return scenes;
  }
  if (plan.what != FilmPlan::What::Sweep) return scenes;
  const bool strip = plan.format == FilmPlan::Format::Strip;
  const int count = strip ? kStripPictures : std::max(2, plan.frames);
  for (int i = 0; i < count; ++i) {
    GeneratorScene scene = plan.scene;
    const double amount = plan.from + (plan.to - plan.from) * shareAt(i, count, plan.returns && !strip);
    const auto same =
        std::ranges::find_if(scene.moves, [&](const LatentMove& move) { return move.direction == plan.direction; });
    if (same != scene.moves.end()) {
      same->amount = amount;
    } else {
      scene.moves.push_back({plan.direction, amount});
    }
    scenes.push_back(std::move(scene));
  }
  return scenes;
}

std::vector<Image> filmFrames(Generator& generator, const FilmPlan& plan, const Progress& progress,
                              const CancelToken& cancel) {
  std::vector<Image> frames;
  const int scale = std::max(1, plan.scale);
  if (plan.what == FilmPlan::What::BeforeAfter) {
    const QImage before = drawn(generator, plan.scene.unchanged(), scale, cancel);
    const QImage after = drawn(generator, plan.scene, scale, cancel);
    if (plan.format == FilmPlan::Format::Strip) return {frameOf(before), frameOf(after)};
    const int count = std::max(2, plan.frames);
    for (int i = 0; i < count; ++i) {
      cancel.check();
      progress.report(double(i) / count);
      frames.push_back(frameOf(wiped(before, after, shareAt(i, count, plan.returns))));
    }
    return frames;
  }
  const std::vector<GeneratorScene> scenes = scenesOf(plan);
  for (std::size_t i = 0; i < scenes.size(); ++i) {
    cancel.check();
    progress.report(double(i) / double(scenes.size()), "picture " + std::to_string(i + 1));
    frames.push_back(frameOf(drawn(generator, scenes[i], scale, cancel)));
  }
  return frames;
}

void writeFilm(Generator& generator, const FilmPlan& plan, const QString& file, const Progress& progress,
               const CancelToken& cancel) {
  const std::vector<Image> frames = filmFrames(generator, plan, progress.part(0.0, 0.8), cancel);
  if (frames.empty()) throw Error(file.toStdString(), "there are no frames to write");
  switch (plan.format) {
    case FilmPlan::Format::Strip: saveImage(filmStrip(frames, kStripPictures), file.toStdString()); break;
    case FilmPlan::Format::Frames: writeFrames(frames, file.toStdString(), progress.part(0.8, 1.0), cancel); break;
    default: {
      AnimationOptions options;
      options.framesPerSecond = plan.framesPerSecond;
      options.forever = plan.forever;
      writeAnimation(frames, file.toStdString(), options, progress.part(0.8, 1.0), cancel);
    }
  }
}

}  // namespace unitscope
