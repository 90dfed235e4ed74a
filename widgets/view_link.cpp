#include "widgets/view_link.h"

#include <algorithm>
#include <cmath>

namespace unitscope {

void ViewLink::setView(double zoom, QPointF center) {
  if (!std::isfinite(zoom)) return;
  zoom = std::clamp(zoom, 1.0, kMaximumZoom);
  // Never look past the picture's edge.
  const double half = 0.5 / zoom;
  center.setX(std::clamp(center.x(), half, 1.0 - half));
  center.setY(std::clamp(center.y(), half, 1.0 - half));
  if (zoom == zoom_ && center == center_) return;
  zoom_ = zoom;
  center_ = center;
  Q_EMIT viewChanged();
}

void ViewLink::zoomAround(double factor, QPointF fixed) {
  const double zoom = std::clamp(zoom_ * factor, 1.0, kMaximumZoom);
  const double shrink = zoom_ / zoom;
  setView(zoom, fixed + (center_ - fixed) * shrink);
}

void ViewLink::setCursor(std::optional<QPointF> cursor) {
  if (cursor == cursor_) return;
  cursor_ = cursor;
  Q_EMIT cursorChanged();
}

}  // namespace unitscope
