#pragma once

#include <QImage>
#include <QRectF>
#include <QWidget>

namespace unitscope {

/// A small picture on which a rectangle is drawn with the mouse. Arrow keys move the rectangle, with Shift they change
/// its size. Places are fractions of the picture.
class RegionPicker : public QWidget {
  Q_OBJECT
 public:
  explicit RegionPicker(QWidget* parent = nullptr);

  void setImage(const QImage& image);
  const QImage& image() const { return image_; }
  /// Empty: none. Tells nobody.
  void setRegion(const QRectF& region);
  const QRectF& region() const { return region_; }
  /// Where the picture lies on the widget.
  QRectF imageRect() const;

  bool hasHeightForWidth() const override { return true; }
  int heightForWidth(int width) const override;
  QSize sizeHint() const override { return {220, heightForWidth(220)}; }
  QSize minimumSizeHint() const override { return {80, 80}; }

 Q_SIGNALS:
  void regionDrawn(const QRectF& region);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;

 private:
  QPointF placeOf(QPointF point) const;
  void stretch(QPointF to);
  void describe();

  QImage image_;
  QRectF region_, before_;
  QPointF from_;
  bool drawing_ = false;
};

}  // namespace unitscope
