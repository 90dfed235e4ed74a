#include "app/generator/stage_panel.h"

#include <QLabel>
#include <QVBoxLayout>

#include "app/generator/generator_stage.h"
#include "widgets/elided_label.h"
#include "widgets/image_canvas.h"

namespace unitscope {

StagePanel::StagePanel(GeneratorStage& stage, QWidget* parent)
    : QWidget(parent), stage_(stage), canvas_(new ImageCanvas), name_(new ElidedLabel), failure_(new QLabel) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 8, 4, 8);
  column->setSpacing(6);
  column->addWidget(name_);
  column->addWidget(canvas_, 1);
  column->addWidget(failure_);
  failure_->setWordWrap(true);
  failure_->hide();
  canvas_->setAccessibleName(tr("The generated picture"));
  connect(&stage_, &GeneratorStage::sceneChanged, this, &StagePanel::show);
  connect(&stage_, &GeneratorStage::pictureChanged, this, &StagePanel::show);
  show();
}

void StagePanel::show() {
  name_->setText(stage_.scene().name);
  canvas_->setImage(stage_.picture());
  failure_->setText(stage_.failure());
  failure_->setVisible(!stage_.failure().isEmpty());
}

}  // namespace unitscope
