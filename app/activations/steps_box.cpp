#include "app/activations/steps_box.h"

namespace unitscope {

StepsBox::StepsBox(QWidget* parent) : QComboBox(parent) {
  addItem(tr("Sketch, 32 steps"), 32);
  addItem(tr("Quick, 96 steps"), 96);
  addItem(tr("Good, 256 steps"), 256);
  addItem(tr("Fine, 512 steps"), 512);
  setAccessibleName(tr("Care taken with each picture"));
  setToolTip(tr("Steps of gradient ascent for each picture of what a direction looks for"));
  setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  setMinimumContentsLength(12);
  connect(this, &QComboBox::activated, this, [this] { Q_EMIT picked(currentData().toInt()); });
}

void StepsBox::choose(int steps) {
  int at = findData(steps);
  if (at < 0) {
    addItem(tr("%1 steps").arg(steps), steps);
    at = count() - 1;
  }
  setCurrentIndex(at);
}

}  // namespace unitscope
