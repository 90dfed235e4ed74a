#include "app/generator/directions/walk_player.h"

#include <algorithm>
#include <cmath>

#include "app/engine_bridge.h"
#include "app/generator/generator_stage.h"

namespace unitscope {
namespace {

const QString kPane = QStringLiteral("generator/directions/walk");
constexpr double kMostBytes = 256.0 * 1024 * 1024;

}  // namespace

WalkPlayer::WalkPlayer(const Context& context, GeneratorStage& stage, QObject* parent)
    : QObject(parent),
      context_(context),
      stage_(stage),
      maker_(context, stage, QStringLiteral("generator/directions/walk-pictures"), tr("Frames of a walk")) {
  timer_.setInterval(1000 / kRate);
  timer_.setTimerType(Qt::PreciseTimer);
  connect(&timer_, &QTimer::timeout, this, &WalkPlayer::tick);
  connect(&stage_, &GeneratorStage::generatorChanged, this, &WalkPlayer::stop);
  connect(&stage_, &GeneratorStage::sceneChanged, this, [this] {
    if ((!frames_.empty() || preparing_) && !(stage_.scene() == sample_)) stop();
  });
  connect(&context_.engine, &EngineBridge::allCancelled, this, &WalkPlayer::pause);
  connect(&maker_, &ScenePictures::busyChanged, this, &WalkPlayer::busyChanged);
  connect(&maker_, &ScenePictures::made, this, [this](int frame, const QImage& picture) {
    if (frame >= pictures_.size()) return;
    pictures_[frame] = picture;
    if (current_ < 0 || (frame == current_ && !playing())) showFrame(frame);
    Q_EMIT changed();
  });
  connect(&maker_, &ScenePictures::failed, this, [this](int, const QString& reason) {
    stop();
    failure_ = reason;
    Q_EMIT changed();
  });
}

void WalkPlayer::start(const WalkPlan& plan) {
  stop();
  if (!stage_.generator() || stage_.scene().empty()) return;
  preparing_ = true;
  sample_ = stage_.scene();
  const int round = ++round_;
  context_.engine.ask<std::vector<GeneratorScene>>(
      tr("Planning a walk"), kPane,
      [generator = stage_.generator(), scene = sample_, plan](const Progress&, const CancelToken& cancel) {
        return walkFrames(*generator, scene, plan, cancel);
      },
      this,
      [this, round](const std::vector<GeneratorScene>& frames) {
        if (round != round_) return;
        preparing_ = false;
        frames_ = frames;
        pictures_ = QVector<QImage>(qsizetype(frames_.size()));
        // The preview of a long film of large pictures is smaller than they are.
        const double side = std::sqrt(kMostBytes / (3.0 * double(frames_.size())));
        maker_.setSide(int(side));
        makeFrom(0);
        Q_EMIT framesChanged();
        play();
        Q_EMIT busyChanged();
      },
      [this, round](const Problem& problem) {
        if (round != round_) return;
        preparing_ = false;
        failure_ = problem.cancelled ? tr("Stopped") : problem.reason;
        Q_EMIT changed();
        Q_EMIT busyChanged();
      });
  Q_EMIT changed();
  Q_EMIT busyChanged();
}

void WalkPlayer::makeFrom(int frame) {
  std::vector<ScenePictures::Wanted> wanted;
  const int count = int(frames_.size());
  for (int i = 0; i < count; ++i) {
    const int at = (std::max(0, frame) + i) % count;
    if (pictures_[at].isNull()) wanted.push_back({at, frames_[std::size_t(at)]});
  }
  maker_.want(std::move(wanted));
}

int WalkPlayer::madeCount() const {
  return int(std::count_if(pictures_.begin(), pictures_.end(), [](const QImage& image) { return !image.isNull(); }));
}

void WalkPlayer::play() {
  if (frames_.empty() || !active_) return;
  if (!maker_.busy() && madeCount() < int(frames_.size())) makeFrom(current_);
  timer_.start();
  Q_EMIT changed();
}

void WalkPlayer::pause() {
  timer_.stop();
  Q_EMIT changed();
}

void WalkPlayer::tick() {
  const int next = current_ + 1 < int(frames_.size()) ? current_ + 1 : 0;
  // A film that runs faster than its frames are made waits for them.
  if (!pictures_[next].isNull()) showFrame(next);
}

void WalkPlayer::showFrame(int frame) {
  current_ = frame;
  if (active_) stage_.setPreview(pictures_[frame]);
  Q_EMIT changed();
}

void WalkPlayer::seek(int frame) {
  if (frame < 0 || frame >= int(frames_.size())) return;
  if (pictures_[frame].isNull()) {
    current_ = frame;
    makeFrom(frame);
    Q_EMIT changed();
  } else {
    showFrame(frame);
  }
}

void WalkPlayer::stop() {
  ++round_;
  const bool any = preparing_ || !frames_.empty() || !failure_.isEmpty();
  if (preparing_) context_.engine.cancelPane(kPane);
  preparing_ = false;
  timer_.stop();
  maker_.clear();
  frames_.clear();
  pictures_.clear();
  failure_.clear();
  current_ = -1;
  if (!any) return;
  stage_.setPreview({});
  Q_EMIT framesChanged();
  Q_EMIT changed();
  Q_EMIT busyChanged();
}

void WalkPlayer::keep() {
  if (current_ < 0 || current_ >= int(frames_.size())) return;
  const GeneratorScene frame = frames_[std::size_t(current_)];
  stop();
  stage_.change(tr("Keep a frame of the walk"), frame);
}

void WalkPlayer::setActive(bool active) {
  if (active_ == active) return;
  active_ = active;
  maker_.setActive(active);
  if (!active) {
    pause();
    if (!frames_.empty()) stage_.setPreview({});
  } else if (current_ >= 0 && !pictures_[current_].isNull()) {
    stage_.setPreview(pictures_[current_]);
  }
}

}  // namespace unitscope
