#include "widgets/crop_picker.h"

#include <algorithm>
#include <cmath>

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QWheelEvent>

#include "widgets/theme.h"

namespace unitscope {

namespace {

constexpr double kStep = 0.02, kZoom = 1.08;

}  // namespace

CropPicker::CropPicker(QWidget* parent) : QWidget(parent) {
  setFocusPolicy(Qt::StrongFocus);
  setCursor(Qt::OpenHandCursor);
  setAccessibleName(tr("Part of the picture"));
  setToolTip(
      tr("Drag to move the part that is used, turn the wheel to make it smaller or larger. Arrow keys, + and - "
         "do the same."));
  describe();
}

void CropPicker::setImage(const QImage& image) {
  if (image.cacheKey() == image_.cacheKey()) return;
  image_ = image;
  setCrop(middle_, size_);
}

void CropPicker::setProportions(double proportions) {
  if (!(proportions > 0.0) || proportions == proportions_) return;
  proportions_ = proportions;
  setCrop(middle_, size_);
}

// Sides of the rectangle in fractions of the picture's.
QSizeF CropPicker::share() const {
  if (image_.isNull()) return {size_, size_};
  const double wide = image_.width(), high = image_.height();
  const double width = std::min(wide, high * proportions_) * size_;
  return {width / wide, width / proportions_ / high};
}

void CropPicker::setCrop(QPointF middle, double size) {
  size_ = std::clamp(size, kSmallest, 1.0);
  const QSizeF half = share() / 2.0;
  middle_ = {std::clamp(middle.x(), half.width(), std::max(half.width(), 1.0 - half.width())),
             std::clamp(middle.y(), half.height(), std::max(half.height(), 1.0 - half.height()))};
  describe();
  update();
}

void CropPicker::move(QPointF middle, double size) {
  const QPointF before = middle_;
  const double sizeBefore = size_;
  setCrop(middle, size);
  if (before != middle_ || sizeBefore != size_) Q_EMIT cropMoved(middle_, size_);
}

QRectF CropPicker::imageRect() const {
  if (image_.isNull()) return rect();
  const QSizeF fitted = QSizeF(image_.size()).scaled(QSizeF(QWidget::size()), Qt::KeepAspectRatio);
  return {QPointF((width() - fitted.width()) / 2, (height() - fitted.height()) / 2), fitted};
}

QRectF CropPicker::cropRect() const {
  const QRectF all = imageRect();
  const QSizeF part = share();
  QRectF rect(0, 0, part.width() * all.width(), part.height() * all.height());
  rect.moveCenter({all.x() + middle_.x() * all.width(), all.y() + middle_.y() * all.height()});
  return rect;
}

void CropPicker::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton || image_.isNull()) return QWidget::mousePressEvent(event);
  dragging_ = true;
  setCursor(Qt::ClosedHandCursor);
  const QRectF crop = cropRect();
  // Outside of it the rectangle jumps under the pointer.
  grabbed_ = crop.contains(event->position()) ? event->position() - crop.center() : QPointF();
  mouseMoveEvent(event);
}

void CropPicker::mouseMoveEvent(QMouseEvent* event) {
  if (!dragging_) return;
  const QRectF all = imageRect();
  const QPointF at = event->position() - grabbed_ - all.topLeft();
  move({at.x() / all.width(), at.y() / all.height()}, size_);
}

void CropPicker::mouseReleaseEvent(QMouseEvent*) {
  dragging_ = false;
  setCursor(Qt::OpenHandCursor);
}

void CropPicker::wheelEvent(QWheelEvent* event) {
  // In a scrolling page the wheel belongs to the page until the picture was clicked.
  if (image_.isNull() || !hasFocus()) return event->ignore();
  move(middle_, size_ * std::pow(kZoom, -event->angleDelta().y() / 120.0));
}

void CropPicker::keyPressEvent(QKeyEvent* event) {
  switch (event->key()) {
    case Qt::Key_Left: return move(middle_ - QPointF(kStep, 0), size_);
    case Qt::Key_Right: return move(middle_ + QPointF(kStep, 0), size_);
    case Qt::Key_Up: return move(middle_ - QPointF(0, kStep), size_);
    case Qt::Key_Down: return move(middle_ + QPointF(0, kStep), size_);
    case Qt::Key_Plus:
    case Qt::Key_Equal: return move(middle_, size_ / kZoom);
    case Qt::Key_Minus: return move(middle_, size_ * kZoom);
    default: QWidget::keyPressEvent(event);
  }
}

void CropPicker::focusInEvent(QFocusEvent*) {
  update();
}

void CropPicker::focusOutEvent(QFocusEvent*) {
  update();
}

void CropPicker::describe() {
  const auto percent = [](double share) { return int(std::lround(100 * share)); };
  setAccessibleDescription(tr("middle at %1 percent across and %2 percent down, %3 percent of the largest size")
                               .arg(percent(middle_.x()))
                               .arg(percent(middle_.y()))
                               .arg(percent(size_)));
}

void CropPicker::paintEvent(QPaintEvent*) {
  const ThemeColors& theme = themeColors(palette());
  QPainter painter(this);
  const QRectF all = imageRect();
  if (image_.isNull()) return painter.fillRect(all, theme.surface);
  painter.setRenderHint(QPainter::SmoothPixmapTransform);
  painter.drawImage(all, image_);
  const QRectF crop = cropRect();
  QPainterPath outside;
  outside.addRect(all);
  outside.addRect(crop);
  painter.fillPath(outside, QColor(0, 0, 0, 130));
  // Dark under light is seen on any picture.
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(QColor(0, 0, 0, 170), 3));
  painter.drawRect(crop);
  painter.setPen(QPen(hasFocus() ? theme.accent : QColor(Qt::white), hasFocus() ? 2 : 1));
  painter.drawRect(crop);
}

}  // namespace unitscope
