#include "app/generator/directions/scene_pictures.h"

#include <algorithm>
#include <memory>

#include "app/engine_bridge.h"
#include "app/generator/generator_stage.h"
#include "app/image_convert.h"

namespace unitscope {

ScenePictures::ScenePictures(const Context& context, GeneratorStage& stage, const QString& pane, const QString& title,
                             QObject* parent)
    : QObject(parent), context_(context), stage_(stage), pane_(pane), title_(title) {
  connect(&stage_, &GeneratorStage::generatorChanged, this, [this] {
    if (!stage_.generator()) clear();
  });
  connect(&context_.engine, &EngineBridge::allCancelled, this, &ScenePictures::clear);
}

void ScenePictures::want(std::vector<Wanted> scenes) {
  queue_.assign(std::make_move_iterator(scenes.begin()), std::make_move_iterator(scenes.end()));
  ++round_;  // what is under way was asked for before
  next();
  Q_EMIT busyChanged();
}

void ScenePictures::add(Wanted one) {
  queue_.push_back(std::move(one));
  next();
  Q_EMIT busyChanged();
}

void ScenePictures::clear() {
  ++round_;
  queue_.clear();
  Q_EMIT busyChanged();
}

void ScenePictures::setActive(bool active) {
  if (active_ == active) return;
  active_ = active;
  next();
  Q_EMIT busyChanged();
}

void ScenePictures::next() {
  if (asked_ || !active_ || queue_.empty() || !stage_.generator()) return;
  asked_ = true;
  Wanted one = std::move(queue_.front());
  queue_.pop_front();
  context_.engine.ask<QImage>(
      title_, pane_,
      [scene = std::move(one.scene), generator = stage_.generator(), side = side_](const Progress&,
                                                                                   const CancelToken& cancel) {
        const Array made = generator->synthesise(questionOf(*generator, scene, cancel), {}, cancel);
        const QImage picture = toQImage(generator->picturesOf(made).front());
        return side > 0 && std::max(picture.width(), picture.height()) > side
                   ? picture.scaled(side, side, Qt::KeepAspectRatio, Qt::SmoothTransformation)
                   : picture;
      },
      this,
      [this, id = one.id, round = round_](const QImage& picture) {
        asked_ = false;
        if (round == round_) Q_EMIT made(id, picture);
        next();
        if (!busy()) Q_EMIT busyChanged();
      },
      [this, id = one.id, round = round_](const Problem& problem) {
        asked_ = false;
        if (round == round_) {
          // Whatever is wrong with one is most likely wrong with all.
          queue_.clear();
          Q_EMIT failed(id, problem.cancelled ? tr("Stopped") : problem.reason);
        }
        next();
        if (!busy()) Q_EMIT busyChanged();
      });
}

}  // namespace unitscope
