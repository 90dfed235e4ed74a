#include "app/generator/stage_canvas.h"

#include <algorithm>
#include <cmath>

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>

namespace unitscope {
namespace {

constexpr double kGrip = 7.0;  // pixels to both sides of the edge
constexpr double kKeyStep = 0.02;

}  // namespace

StageCanvas::StageCanvas(QWidget* parent) : BrushCanvas(parent) {
  setBrushing(false);
}

void StageCanvas::setBefore(const QImage& before) {
  before_ = before;
  update();
}

void StageCanvas::setCurtain(bool drawn) {
  curtain_ = drawn;
  dragging_ = false;
  setDivider(drawn ? place_ : 0.0);
}

void StageCanvas::setCurtainPlace(double place) {
  place_ = std::clamp(place, 0.0, 1.0);
  if (curtain_) setDivider(place_);
}

void StageCanvas::setHeldBefore(bool held) {
  held_ = held;
  setBanner(held ? tr("Before") : QString());
  update();
}

void StageCanvas::setBrushing(bool on) {
  brushing_ = on;
  setPointer(on ? Pointer::Brush : Pointer::None);
}

bool StageCanvas::overEdge(QPointF at) const {
  const QRectF shown = imageRect();
  return curtain_ && !held_ && !image().isNull() && at.y() >= shown.top() && at.y() <= shown.bottom() &&
         std::abs(at.x() - (shown.left() + place_ * shown.width())) <= kGrip;
}

void StageCanvas::moveEdge(double place) {
  const double before = place_;
  setCurtainPlace(place);
  if (place_ != before) Q_EMIT curtainMoved(place_);
}

void StageCanvas::paintUnderBrush(QPainter& painter) {
  if (before_.isNull() || (!curtain_ && !held_)) return;
  const QRectF shown = imageRect();
  QRectF left = shown;
  if (!held_) left.setWidth(place_ * shown.width());
  constexpr double kShowPixelsFrom = 8.0;  // as the canvas does
  painter.save();
  painter.setClipRect(left);
  painter.setRenderHint(QPainter::SmoothPixmapTransform,
                        shown.width() * devicePixelRatioF() < kShowPixelsFrom * before_.width());
  painter.drawImage(shown, before_);
  painter.restore();
  if (held_) return;
  // A grip, and which side is which.
  const QPointF middle(left.right(), std::clamp(shown.center().y(), 16.0, std::max(16.0, height() - 16.0)));
  painter.setPen(QPen(QColor(0, 0, 0, 150), 1.0));
  painter.setBrush(QColor(255, 255, 255, 235));
  painter.drawEllipse(middle, 9, 9);
  painter.setPen(QPen(QColor(30, 34, 40), 1.8));
  for (const double side : {-1.0, 1.0}) {
    QPainterPath arrow(middle + QPointF(side * 2.0, -3.0));
    arrow.lineTo(middle + QPointF(side * 5.0, 0.0));
    arrow.lineTo(middle + QPointF(side * 2.0, 3.0));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(arrow);
  }
  const QString names[] = {tr("Before"), tr("After")};
  for (int side = 0; side < 2; ++side) {
    const QSizeF size(painter.fontMetrics().horizontalAdvance(names[side]) + 12.0,
                      painter.fontMetrics().height() + 4.0);
    const QRectF room = side == 0 ? left : QRectF(left.topRight(), shown.bottomRight());
    if (room.width() < size.width() + 12) continue;
    const QPointF corner =
        side == 0 ? QPointF(room.left() + 6, room.top() + 6) : QPointF(room.right() - size.width() - 6, room.top() + 6);
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor(16, 18, 22, 190));
    painter.drawRoundedRect(QRectF(corner, size), 4, 4);
    painter.setPen(QColor(245, 247, 250));
    painter.drawText(QRectF(corner, size), Qt::AlignCenter, names[side]);
  }
}

void StageCanvas::mousePressEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton && overEdge(event->position())) {
    dragging_ = true;
    return;
  }
  brushing_ ? BrushCanvas::mousePressEvent(event) : ImageCanvas::mousePressEvent(event);
}

void StageCanvas::mouseMoveEvent(QMouseEvent* event) {
  if (dragging_) return moveEdge(toImage(event->position()).x());
  if (event->buttons() == Qt::NoButton && curtain_)
    setCursor(overEdge(event->position()) ? Qt::SplitHCursor : brushing_ ? Qt::CrossCursor : Qt::ArrowCursor);
  brushing_ ? BrushCanvas::mouseMoveEvent(event) : ImageCanvas::mouseMoveEvent(event);
}

void StageCanvas::mouseReleaseEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton && dragging_) {
    dragging_ = false;
    return;
  }
  brushing_ ? BrushCanvas::mouseReleaseEvent(event) : ImageCanvas::mouseReleaseEvent(event);
}

void StageCanvas::mouseDoubleClickEvent(QMouseEvent* event) {
  if (overEdge(event->position())) return moveEdge(0.5);
  brushing_ ? BrushCanvas::mouseDoubleClickEvent(event) : ImageCanvas::mouseDoubleClickEvent(event);
}

void StageCanvas::keyPressEvent(QKeyEvent* event) {
  const bool edge = event->modifiers() == (Qt::ControlModifier | Qt::ShiftModifier);
  if (curtain_ && edge && (event->key() == Qt::Key_Left || event->key() == Qt::Key_Right))
    return moveEdge(place_ + (event->key() == Qt::Key_Right ? kKeyStep : -kKeyStep));
  BrushCanvas::keyPressEvent(event);
}

}  // namespace unitscope
