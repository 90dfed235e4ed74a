#pragma once

#include "app/counterfactual/brush_canvas.h"

namespace unitscope {

/// The picture on stage. With a curtain, what it was before the changes is seen on its left, and the curtain's edge can
/// be dragged or moved with Ctrl+Shift and the arrow keys. With a brush it can be painted on; otherwise it pans, zooms
/// and is clicked as every canvas.
class StageCanvas : public BrushCanvas {
  Q_OBJECT
 public:
  explicit StageCanvas(QWidget* parent = nullptr);

  void setBefore(const QImage& before);
  void setCurtain(bool drawn);
  bool curtain() const { return curtain_; }
  /// Where its edge is, 0 to 1 of the picture's width.
  void setCurtainPlace(double place);
  double curtainPlace() const { return place_; }
  /// The whole picture as it was before, while a key or button is held.
  void setHeldBefore(bool held);
  bool heldBefore() const { return held_; }

  void setBrushing(bool on);
  bool brushing() const { return brushing_; }

 Q_SIGNALS:
  void curtainMoved(double place);  ///< by the user

 protected:
  void paintUnderBrush(QPainter& painter) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  bool overEdge(QPointF at) const;
  void moveEdge(double place);

  QImage before_;
  bool curtain_ = false, held_ = false, brushing_ = false, dragging_ = false;
  double place_ = 0.5;
};

}  // namespace unitscope
