#pragma once

#include <optional>

#include <QObject>
#include <QPointF>

namespace unitscope {

/// What several canvases have in common so that they can be compared: how far they are zoomed in, where they look, and
/// where the pointer is. Places are fractions of the picture (0..1 from its top left), so that pictures of different
/// sizes agree.
class ViewLink : public QObject {
  Q_OBJECT
 public:
  static constexpr double kMaximumZoom = 64.0;

  explicit ViewLink(QObject* parent = nullptr) : QObject(parent) {}

  /// 1 shows the whole picture; 4 a quarter of its width.
  double zoom() const { return zoom_; }
  /// The place in the middle of the canvas.
  QPointF center() const { return center_; }
  /// Both are clamped to what makes sense.
  void setView(double zoom, QPointF center);
  /// Changes the zoom so that `fixed` stays where it is on the screen.
  void zoomAround(double factor, QPointF fixed);
  void fit() { setView(1.0, {0.5, 0.5}); }

  std::optional<QPointF> cursor() const { return cursor_; }
  void setCursor(std::optional<QPointF> cursor);

 Q_SIGNALS:
  void viewChanged();
  void cursorChanged();

 private:
  double zoom_ = 1.0;
  QPointF center_{0.5, 0.5};
  std::optional<QPointF> cursor_;
};

}  // namespace unitscope
