#pragma once

#include <QImage>
#include <QPointF>
#include <QWidget>

namespace unitscope {

/// A picture with a rectangle of fixed proportions on it: dragging moves it, the wheel makes it smaller or larger;
/// arrow keys move it too, + and - change its size.
class CropPicker : public QWidget {
  Q_OBJECT
 public:
  static constexpr double kSmallest = 0.1;

  explicit CropPicker(QWidget* parent = nullptr);

  void setImage(const QImage& image);
  const QImage& image() const { return image_; }
  /// Width over height of the rectangle.
  void setProportions(double proportions);
  /// `middle` in fractions of the picture, `size` 1 for the largest that fits. Tells nobody.
  void setCrop(QPointF middle, double size);
  QPointF middle() const { return middle_; }
  double size01() const { return size_; }
  /// On the widget.
  QRectF imageRect() const;
  QRectF cropRect() const;

  QSize sizeHint() const override { return {200, 160}; }
  QSize minimumSizeHint() const override { return {110, 90}; }

 Q_SIGNALS:
  void cropMoved(QPointF middle, double size);  ///< by the user

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;

 private:
  QSizeF share() const;
  void move(QPointF middle, double size);
  void describe();

  QImage image_;
  double proportions_ = 1.0, size_ = 1.0;
  QPointF middle_{0.5, 0.5}, grabbed_;
  bool dragging_ = false;
};

}  // namespace unitscope
