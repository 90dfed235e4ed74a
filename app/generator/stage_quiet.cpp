#include "app/generator/stage_quiet.h"

#include <utility>

#include "app/generator/generator_stage.h"

namespace unitscope {

StageQuiet::StageQuiet(const GeneratorStage& stage, int milliseconds, QObject* parent)
    : QObject(parent), stage_(stage) {
  timer_.setSingleShot(true);
  timer_.setInterval(milliseconds);
  connect(&timer_, &QTimer::timeout, this, [this] {
    if (stage_.busy() || !stage_.generator()) return;  // busyChanged() begins anew
    quiet_ = true;
    Q_EMIT settled();
  });
  connect(&stage, &GeneratorStage::sceneChanged, this, &StageQuiet::look);
  connect(&stage, &GeneratorStage::busyChanged, this, &StageQuiet::look);
  connect(&stage, &GeneratorStage::generatorChanged, this, &StageQuiet::look);
  timer_.start();
}

void StageQuiet::look() {
  timer_.start();
  if (std::exchange(quiet_, false)) Q_EMIT disturbed();
}

}  // namespace unitscope
