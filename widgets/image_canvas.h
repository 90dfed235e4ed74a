#pragma once

#include <functional>

#include <QImage>
#include <QPointer>
#include <QWidget>

#include "widgets/view_link.h"

namespace unitscope {

/// Shows a picture with another one laid over it. Wheel or + and - zoom, dragging pans, 0 fits. Canvases with the same
/// ViewLink move together and show one another's pointer as a crosshair. Plain raster painting, sharp at any device
/// pixel ratio. Pictures should be about as large as they are shown: they are drawn as they are.
class ImageCanvas : public QWidget {
  Q_OBJECT
 public:
  /// Text for the place under the pointer: shown in a corner of the canvas. Takes fractions of the picture.
  using Readout = std::function<QString(QPointF)>;
  enum class Wheel { Zooms, ZoomsWithControl };

  explicit ImageCanvas(QWidget* parent = nullptr);

  void setImage(const QImage& image);
  const QImage& image() const { return image_; }
  /// Stretched over the picture; null takes it away.
  void setOverlay(const QImage& overlay);
  const QImage& overlay() const { return overlay_; }
  /// 0 shows only the picture, 1 only the overlay.
  void setOverlayOpacity(double opacity);
  double overlayOpacity() const { return opacity_; }
  void setReadout(Readout readout);
  void setLink(ViewLink* link);
  ViewLink* link() const { return link_; }
  /// In a scrolling list the plain wheel is left to the list.
  void setWheel(Wheel wheel) { wheel_ = wheel; }
  /// Whether the arrow keys move the crosshair (a pixel a step, ten with Ctrl); else they go to the parent.
  void setKeyboardCursor(bool on);
  void setBackground(const QColor& color);

  /// Where the picture lies on the widget, in device-independent pixels; larger than the widget when zoomed in.
  QRectF imageRect() const;
  QPointF toImage(QPointF widgetPoint) const;
  QPointF toWidget(QPointF imagePoint) const;
  void fit();
  void zoomBy(double factor);

  QSize sizeHint() const override { return {240, 240}; }
  QSize minimumSizeHint() const override { return {48, 48}; }

 Q_SIGNALS:
  void hovered(QPointF place);  ///< fractions of the picture
  void left();
  void clicked(QPointF place, Qt::KeyboardModifiers modifiers);  ///< pressed and released without dragging
  void activated();                                              ///< Enter or double click

 protected:
  void paintEvent(QPaintEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void drawCrosshair(QPainter& painter, const QRectF& target);
  void drawReadout(QPainter& painter, const QString& text, QPointF cursor);
  void moveCursor(int dx, int dy);
  void panBy(QPointF pixels);
  bool interpolates(const QImage& image, const QRectF& target) const;

  QImage image_, overlay_;
  double opacity_ = 0.6;
  Readout readout_;
  QPointer<ViewLink> link_;
  Wheel wheel_ = Wheel::Zooms;
  bool keyboardCursor_ = false;
  QColor background_;
  QPointF pressedAt_, lastAt_;
  bool pressed_ = false, dragged_ = false;
};

}  // namespace unitscope
