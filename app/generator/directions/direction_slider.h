#pragma once

#include <QSlider>

namespace unitscope {

/// A slider that is filled from zero on, wherever zero lies in its range. A double click asks for zero; the wheel
/// scrolls what lies around unless the slider was chosen.
class DirectionSlider : public QSlider {
  Q_OBJECT
 public:
  explicit DirectionSlider(QWidget* parent = nullptr);

  /// The step that stands for zero.
  void setZero(int step);
  int zero() const { return zero_; }

 Q_SIGNALS:
  void zeroWanted();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;

 private:
  int zero_ = 0;
};

}  // namespace unitscope
