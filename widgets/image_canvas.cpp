#include "widgets/image_canvas.h"

#include <algorithm>
#include <cmath>

#include <QApplication>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>

#include "widgets/theme.h"

namespace unitscope {

namespace {

constexpr double kZoomStep = 1.25;
// Beyond this many device pixels per picture pixel the pixels themselves are what one wants to see.
constexpr double kShowPixelsFrom = 8.0;

bool inside(QPointF place) {
  return place.x() >= 0 && place.y() >= 0 && place.x() < 1 && place.y() < 1;
}

}  // namespace

ImageCanvas::ImageCanvas(QWidget* parent) : QWidget(parent) {
  setMouseTracking(true);
  setFocusPolicy(Qt::StrongFocus);
  setAttribute(Qt::WA_OpaquePaintEvent);
  setLink(new ViewLink(this));
}

void ImageCanvas::setImage(const QImage& image) {
  image_ = image;
  update();
}

void ImageCanvas::setOverlay(const QImage& overlay) {
  overlay_ = overlay;
  update();
}

void ImageCanvas::setOverlayOpacity(double opacity) {
  opacity_ = std::clamp(opacity, 0.0, 1.0);
  update();
}

void ImageCanvas::setReadout(Readout readout) {
  readout_ = std::move(readout);
  update();
}

void ImageCanvas::setKeyboardCursor(bool on) {
  keyboardCursor_ = on;
}

void ImageCanvas::setBackground(const QColor& color) {
  background_ = color;
  update();
}

void ImageCanvas::setLink(ViewLink* link) {
  if (link == link_) return;
  if (link_) {
    disconnect(link_, nullptr, this, nullptr);
    if (link_->parent() == this) link_->deleteLater();
  }
  link_ = link ? link : new ViewLink(this);
  connect(link_, &ViewLink::viewChanged, this, qOverload<>(&QWidget::update));
  connect(link_, &ViewLink::cursorChanged, this, qOverload<>(&QWidget::update));
  update();
}

QRectF ImageCanvas::imageRect() const {
  if (image_.isNull() || width() < 1 || height() < 1) return {};
  const double scale =
      std::min(double(width()) / image_.width(), double(height()) / image_.height()) * (link_ ? link_->zoom() : 1.0);
  const QSizeF size(image_.width() * scale, image_.height() * scale);
  const QPointF center = link_ ? link_->center() : QPointF(0.5, 0.5);
  QPointF corner(width() / 2.0 - center.x() * size.width(), height() / 2.0 - center.y() * size.height());
  // A side that fits whole stays in the middle, however far the other one is panned.
  if (size.width() <= width()) corner.setX((width() - size.width()) / 2.0);
  if (size.height() <= height()) corner.setY((height() - size.height()) / 2.0);
  // On whole device pixels, so that edges are sharp.
  const double ratio = devicePixelRatioF();
  const auto snap = [ratio](double v) { return std::round(v * ratio) / ratio; };
  const QPointF topLeft(snap(corner.x()), snap(corner.y()));
  const QPointF bottomRight(snap(corner.x() + size.width()), snap(corner.y() + size.height()));
  return QRectF(topLeft, bottomRight);
}

QPointF ImageCanvas::toImage(QPointF widgetPoint) const {
  const QRectF rect = imageRect();
  if (rect.isEmpty()) return {-1, -1};
  return {(widgetPoint.x() - rect.x()) / rect.width(), (widgetPoint.y() - rect.y()) / rect.height()};
}

QPointF ImageCanvas::toWidget(QPointF imagePoint) const {
  const QRectF rect = imageRect();
  return {rect.x() + imagePoint.x() * rect.width(), rect.y() + imagePoint.y() * rect.height()};
}

void ImageCanvas::fit() {
  if (link_) link_->fit();
}

void ImageCanvas::zoomBy(double factor) {
  if (!link_) return;
  link_->zoomAround(factor, link_->cursor().value_or(link_->center()));
}

bool ImageCanvas::interpolates(const QImage& image, const QRectF& target) const {
  return target.width() * devicePixelRatioF() < kShowPixelsFrom * image.width();
}

void ImageCanvas::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), background_.isValid() ? background_ : themeColors(palette()).surface);
  const QRectF target = imageRect();
  if (!target.isEmpty()) {
    painter.setRenderHint(QPainter::SmoothPixmapTransform, interpolates(image_, target));
    painter.drawImage(target, image_);
    if (!overlay_.isNull() && opacity_ > 0) {
      painter.setOpacity(opacity_);
      painter.setRenderHint(QPainter::SmoothPixmapTransform, interpolates(overlay_, target));
      painter.drawImage(target, overlay_);
      painter.setOpacity(1.0);
    }
    drawCrosshair(painter, target);
  }
  if (hasFocus() && keyboardCursor_) {
    painter.setPen(QPen(themeColors(palette()).accent, 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(QRectF(rect()).adjusted(1, 1, -1, -1));
  }
}

void ImageCanvas::drawCrosshair(QPainter& painter, const QRectF& target) {
  if (!link_ || !link_->cursor() || !inside(*link_->cursor())) return;
  const QPointF at = toWidget(*link_->cursor());
  const QRectF shown = target.intersected(QRectF(rect()));
  // Dark under light is seen on any picture.
  for (const auto& [color, width] :
       {std::pair(QColor(0, 0, 0, 150), 3.0), std::pair(QColor(255, 255, 255, 230), 1.0)}) {
    painter.setPen(QPen(color, width));
    painter.drawLine(QPointF(shown.left(), at.y()), QPointF(at.x() - 7, at.y()));
    painter.drawLine(QPointF(at.x() + 7, at.y()), QPointF(shown.right(), at.y()));
    painter.drawLine(QPointF(at.x(), shown.top()), QPointF(at.x(), at.y() - 7));
    painter.drawLine(QPointF(at.x(), at.y() + 7), QPointF(at.x(), shown.bottom()));
  }
  if (readout_) drawReadout(painter, readout_(*link_->cursor()), at);
}

void ImageCanvas::drawReadout(QPainter& painter, const QString& text, QPointF cursor) {
  if (text.isEmpty()) return;
  const QFontMetrics metrics(font());
  const QRect bounds = metrics.boundingRect(QRect(0, 0, std::max(40, width() - 20), 400), Qt::TextWordWrap, text);
  QRectF box(0, 0, bounds.width() + 12, bounds.height() + 6);
  // In the lower left corner, unless the pointer is there.
  box.moveBottomLeft(QPointF(4, height() - 4));
  if (box.adjusted(-12, -12, 12, 12).contains(cursor)) box.moveTopLeft(QPointF(4, 4));
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  painter.setBrush(QColor(16, 18, 22, 215));
  painter.drawRoundedRect(box, 4, 4);
  painter.setPen(QColor(245, 247, 250));
  painter.drawText(box, Qt::AlignCenter | Qt::TextWordWrap, text);
  painter.setRenderHint(QPainter::Antialiasing, false);
}

void ImageCanvas::wheelEvent(QWheelEvent* event) {
  const bool wanted = wheel_ == Wheel::Zooms || event->modifiers().testFlag(Qt::ControlModifier);
  if (!link_ || image_.isNull() || !wanted || event->angleDelta().y() == 0) {
    event->ignore();
    return;
  }
  link_->zoomAround(std::pow(kZoomStep, event->angleDelta().y() / 120.0), toImage(event->position()));
  event->accept();
}

void ImageCanvas::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return QWidget::mousePressEvent(event);
  pressed_ = true;
  dragged_ = false;
  pressedAt_ = lastAt_ = event->position();
}

void ImageCanvas::mouseMoveEvent(QMouseEvent* event) {
  const QPointF at = event->position();
  if (pressed_ && (event->buttons() & Qt::LeftButton)) {
    if (!dragged_ && (at - pressedAt_).manhattanLength() >= QApplication::startDragDistance()) {
      dragged_ = true;
      setCursor(Qt::ClosedHandCursor);
    }
    if (dragged_) {
      panBy(at - lastAt_);
      lastAt_ = at;
    }
  }
  const QPointF place = toImage(at);
  if (inside(place)) {
    if (link_) link_->setCursor(place);
    Q_EMIT hovered(place);
  } else if (link_) {
    link_->setCursor(std::nullopt);
    Q_EMIT left();
  }
}

void ImageCanvas::mouseReleaseEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton || !pressed_) return QWidget::mouseReleaseEvent(event);
  pressed_ = false;
  unsetCursor();
  if (!dragged_ && rect().contains(event->position().toPoint())) {
    Q_EMIT clicked(toImage(event->position()), event->modifiers());
  }
}

void ImageCanvas::mouseDoubleClickEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton) Q_EMIT activated();
}

void ImageCanvas::leaveEvent(QEvent*) {
  if (link_) link_->setCursor(std::nullopt);
  Q_EMIT left();
}

void ImageCanvas::panBy(QPointF pixels) {
  const QRectF rect = imageRect();
  if (!link_ || rect.isEmpty()) return;
  link_->setView(link_->zoom(), link_->center() - QPointF(pixels.x() / rect.width(), pixels.y() / rect.height()));
}

void ImageCanvas::moveCursor(int dx, int dy) {
  if (!link_ || image_.isNull()) return;
  const double w = image_.width(), h = image_.height();
  QPointF at = link_->cursor().value_or(link_->center());
  // To the middle of a pixel, so that the value read is that pixel's.
  at.setX((std::clamp(std::floor(at.x() * w) + dx, 0.0, w - 1) + 0.5) / w);
  at.setY((std::clamp(std::floor(at.y() * h) + dy, 0.0, h - 1) + 0.5) / h);
  link_->setCursor(at);
  // Follow a crosshair that leaves the view.
  const double half = 0.5 / link_->zoom();
  QPointF center = link_->center();
  center.setX(std::clamp(center.x(), at.x() - half, at.x() + half));
  center.setY(std::clamp(center.y(), at.y() - half, at.y() + half));
  link_->setView(link_->zoom(), center);
  Q_EMIT hovered(at);
}

void ImageCanvas::keyPressEvent(QKeyEvent* event) {
  const int step = event->modifiers().testFlag(Qt::ControlModifier) ? 10 : 1;
  const bool pans = event->modifiers().testFlag(Qt::ShiftModifier);
  const bool moves = keyboardCursor_ && !pans;
  const auto arrow = [&](int dx, int dy) {
    if (moves) return moveCursor(dx * step, dy * step);
    if (pans) return panBy(QPointF(-dx * 32.0, -dy * 32.0));
    event->ignore();
  };
  switch (event->key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal: return zoomBy(kZoomStep);
    case Qt::Key_Minus: return zoomBy(1.0 / kZoomStep);
    case Qt::Key_0: return fit();
    case Qt::Key_Return:
    case Qt::Key_Enter: Q_EMIT activated(); return;
    case Qt::Key_Left: return arrow(-1, 0);
    case Qt::Key_Right: return arrow(1, 0);
    case Qt::Key_Up: return arrow(0, -1);
    case Qt::Key_Down: return arrow(0, 1);
    default: QWidget::keyPressEvent(event);
  }
}

}  // namespace unitscope
