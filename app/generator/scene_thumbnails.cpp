#include "app/generator/scene_thumbnails.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "app/engine_bridge.h"
#include "app/generator/generator_stage.h"
#include "app/image_convert.h"

namespace unitscope {
namespace {

constexpr int kQuiet = 150;  // milliseconds
// The engine is given back this soon, so that a slider that is touched meanwhile finds it free.
constexpr std::chrono::milliseconds kAtOnce(60);
constexpr std::size_t kMostAtOnce = 8;

struct Made {
  std::vector<QImage> pictures;
  QString failure;  // of the one after them
};

}  // namespace

SceneThumbnails::SceneThumbnails(const Context& context, GeneratorStage& stage, const QString& pane, QObject* parent)
    : QObject(parent), context_(context), stage_(stage), pane_(pane), quiet_(stage, kQuiet) {
  connect(&quiet_, &StageQuiet::settled, this, &SceneThumbnails::ask);
  connect(&quiet_, &StageQuiet::disturbed, this, &SceneThumbnails::stop);
}

void SceneThumbnails::want(std::deque<Wish> wishes) {
  const bool before = busy();
  wishes_ = std::move(wishes);
  if (before != busy()) Q_EMIT busyChanged();
  ask();
}

void SceneThumbnails::setAwake(bool awake) {
  if (std::exchange(awake_, awake) == awake) return;
  Q_EMIT busyChanged();
  awake ? ask() : stop();
}

void SceneThumbnails::stop() {
  ++round_;
  if (std::exchange(asking_, false)) context_.engine.cancelPane(pane_);
}

void SceneThumbnails::finish(const QString& id) {
  const auto at = std::ranges::find(wishes_, id, &Wish::id);
  if (at != wishes_.end()) wishes_.erase(at);
}

void SceneThumbnails::ask() {
  if (!awake_ || asking_ || !quiet_.quiet() || wishes_.empty() || !stage_.generator()) return;
  asking_ = true;
  const std::vector<Wish> some(wishes_.begin(),
                               wishes_.begin() + std::ptrdiff_t(std::min(wishes_.size(), kMostAtOnce)));
  context_.engine.ask<Made>(
      tr("Small pictures"), pane_,
      [some, generator = stage_.generator()](const Progress&, const CancelToken& cancel) {
        const auto until = std::chrono::steady_clock::now() + kAtOnce;
        Made made;
        for (const Wish& wish : some) {
          try {
            const Array image = generator->synthesise(questionOf(*generator, wish.scene, cancel), {}, cancel);
            QImage picture = toQImage(generator->picturesOf(image).front());
            if (std::max(picture.width(), picture.height()) > kSide)
              picture = picture.scaled(kSide, kSide, Qt::KeepAspectRatio, Qt::SmoothTransformation);
            made.pictures.push_back(std::move(picture));
          } catch (const Error& error) {
            made.failure = QString::fromUtf8(error.what());
            break;
          }
          if (std::chrono::steady_clock::now() > until) break;
        }
        return made;
      },
      this,
      [this, some, round = round_](const Made& made) {
        if (round != round_) return;
        asking_ = false;
        const bool before = busy();
        for (std::size_t i = 0; i < made.pictures.size(); ++i) finish(some[i].id);
        const std::size_t next = made.pictures.size();
        if (!made.failure.isEmpty()) finish(some[next].id);
        for (std::size_t i = 0; i < next; ++i) Q_EMIT this->made(some[i].id, made.pictures[i]);
        if (!made.failure.isEmpty()) Q_EMIT failed(some[next].id, made.failure);
        if (before != busy()) Q_EMIT busyChanged();
        ask();
      },
      [this, round = round_](const Problem&) {
        if (round != round_) return;
        // Stopped by the user: what is left is not made until something changes.
        asking_ = false;
        wishes_.clear();
        Q_EMIT busyChanged();
      });
}

}  // namespace unitscope
