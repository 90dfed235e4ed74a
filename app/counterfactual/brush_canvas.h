#pragma once

#include <optional>

#include <QRectF>

#include "widgets/image_canvas.h"

namespace unitscope {

/// A canvas to paint on: the left button draws (or moves the hovering window), the middle one pans, the wheel zooms.
/// From the keyboard arrows move the crosshair and Enter puts a dab there. A divider shows the original to its left.
class BrushCanvas : public ImageCanvas {
  Q_OBJECT
 public:
  enum class Pointer { Brush, Window, None };

  explicit BrushCanvas(QWidget* parent = nullptr);

  void setPointer(Pointer pointer);
  /// Fractions of the picture's shorter side.
  void setBrush(double radius, double softness);
  /// The window that follows the pointer, in fractions of the picture, and what is written beside it.
  void setWindow(const QRectF& window, const QString& text);
  const QString& windowText() const { return text_; }
  const QRectF& windowRect() const { return window_; }
  /// Where the divider stands, 0 (not there) to 1.
  void setDivider(double place);
  /// Said in the upper corner while it lasts ("Original").
  void setBanner(const QString& text);
  bool painting() const { return painting_; }

 Q_SIGNALS:
  void strokeBegun(QPointF place);
  void strokeMoved(QPointF place);
  void strokeEnded();
  void strokeAbandoned();
  void sizeStepped(int steps);  ///< brackets
  void eraserToggled();         ///< X
  void compareHeld(bool held);  ///< C

 protected:
  /// What lies over the picture, but below divider and brush.
  virtual void paintUnderBrush(QPainter&) {}
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void keyReleaseEvent(QKeyEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;

 private:
  void drawBrush(QPainter& painter);
  void drawWindow(QPainter& painter);
  void drawLabel(QPainter& painter, const QString& text, QRectF box);
  void setPlace(QPointF widgetPoint);

  Pointer pointer_ = Pointer::None;
  double radius_ = 0.06, softness_ = 0.3, divider_ = 0.0;
  QRectF window_;
  QString text_, banner_;
  std::optional<QPointF> place_;  // of the pointer, in fractions
  QPointF panFrom_;
  bool painting_ = false, panning_ = false, comparing_ = false;
};

}  // namespace unitscope
