#include "widgets/region_picker.h"

#include <algorithm>
#include <cmath>

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include "widgets/theme.h"

namespace unitscope {

namespace {

constexpr int kHighest = 260;
constexpr double kSmallest = 0.02;  // a click is no rectangle
constexpr double kStep = 0.02;

}  // namespace

RegionPicker::RegionPicker(QWidget* parent) : QWidget(parent) {
  setFocusPolicy(Qt::StrongFocus);
  setCursor(Qt::CrossCursor);
  setToolTip(tr("Drag a rectangle. Arrow keys move it, with Shift they change its size."));
  setAccessibleName(tr("Region of the picture"));
  QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Fixed);
  policy.setHeightForWidth(true);
  setSizePolicy(policy);
  describe();
}

void RegionPicker::setImage(const QImage& image) {
  if (image.cacheKey() == image_.cacheKey()) return;
  image_ = image;
  updateGeometry();
  update();
}

void RegionPicker::setRegion(const QRectF& region) {
  region_ = region;
  describe();
  update();
}

int RegionPicker::heightForWidth(int width) const {
  if (image_.isNull()) return std::min(width, 120);
  return std::min(kHighest, int(std::lround(double(width) * image_.height() / image_.width())));
}

QRectF RegionPicker::imageRect() const {
  const QSizeF size = image_.isNull() ? QSizeF(QWidget::size()) : QSizeF(image_.size());
  const QSizeF fitted = size.scaled(QSizeF(QWidget::size()), Qt::KeepAspectRatio);
  return {QPointF((width() - fitted.width()) / 2, (height() - fitted.height()) / 2), fitted};
}

QPointF RegionPicker::placeOf(QPointF point) const {
  const QRectF rect = imageRect();
  if (rect.isEmpty()) return {};
  return {std::clamp((point.x() - rect.x()) / rect.width(), 0.0, 1.0),
          std::clamp((point.y() - rect.y()) / rect.height(), 0.0, 1.0)};
}

void RegionPicker::stretch(QPointF to) {
  region_ = QRectF(from_, to).normalized();
  update();
}

void RegionPicker::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton || image_.isNull()) return QWidget::mousePressEvent(event);
  before_ = region_;
  from_ = placeOf(event->position());
  drawing_ = true;
}

void RegionPicker::mouseMoveEvent(QMouseEvent* event) {
  if (drawing_) stretch(placeOf(event->position()));
}

void RegionPicker::mouseReleaseEvent(QMouseEvent* event) {
  if (!drawing_ || event->button() != Qt::LeftButton) return;
  drawing_ = false;
  stretch(placeOf(event->position()));
  if (region_.width() < kSmallest || region_.height() < kSmallest) return setRegion(before_);
  describe();
  Q_EMIT regionDrawn(region_);
}

void RegionPicker::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Escape && drawing_) {
    drawing_ = false;
    return setRegion(before_);
  }
  double dx = 0, dy = 0;
  switch (event->key()) {
    case Qt::Key_Left: dx = -kStep; break;
    case Qt::Key_Right: dx = kStep; break;
    case Qt::Key_Up: dy = -kStep; break;
    case Qt::Key_Down: dy = kStep; break;
    default: return QWidget::keyPressEvent(event);
  }
  QRectF next = region_.isEmpty() ? QRectF(0.25, 0.25, 0.5, 0.5) : region_;
  if (region_.isEmpty()) {
    // The first key only brings a rectangle to begin with.
  } else if (event->modifiers().testFlag(Qt::ShiftModifier)) {
    next.setWidth(std::clamp(next.width() + dx, kStep, 1.0 - next.x()));
    next.setHeight(std::clamp(next.height() + dy, kStep, 1.0 - next.y()));
  } else {
    next.moveTo(std::clamp(next.x() + dx, 0.0, 1.0 - next.width()),
                std::clamp(next.y() + dy, 0.0, 1.0 - next.height()));
  }
  setRegion(next);
  Q_EMIT regionDrawn(region_);
}

void RegionPicker::describe() {
  const auto percent = [](double share) { return int(std::lround(100 * share)); };
  setAccessibleDescription(region_.isEmpty() ? tr("no rectangle yet")
                                             : tr("from %1 to %2 percent across, from %3 to %4 percent down")
                                                   .arg(percent(region_.left()))
                                                   .arg(percent(region_.right()))
                                                   .arg(percent(region_.top()))
                                                   .arg(percent(region_.bottom())));
}

void RegionPicker::focusInEvent(QFocusEvent*) {
  update();
}

void RegionPicker::focusOutEvent(QFocusEvent*) {
  update();
}

void RegionPicker::paintEvent(QPaintEvent*) {
  const ThemeColors& theme = themeColors(palette());
  const QRectF rect = imageRect();
  QPainter painter(this);
  painter.setRenderHint(QPainter::SmoothPixmapTransform);
  if (image_.isNull()) {
    painter.fillRect(rect, theme.surface);
    painter.setPen(theme.mutedText);
    painter.drawText(rect, Qt::AlignCenter | Qt::TextWordWrap, tr("No picture yet."));
    return;
  }
  painter.drawImage(rect, image_);
  if (!isEnabled()) painter.fillRect(rect, QColor(128, 128, 128, 140));
  if (!region_.isEmpty()) {
    const QRectF drawn(rect.x() + region_.x() * rect.width(), rect.y() + region_.y() * rect.height(),
                       region_.width() * rect.width(), region_.height() * rect.height());
    QPainterPath outside;
    outside.addRect(rect);
    outside.addRect(drawn);
    painter.fillPath(outside, QColor(0, 0, 0, 130));
    // Dark under light is seen on any picture.
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(QColor(0, 0, 0, 170), 3));
    painter.drawRect(drawn);
    painter.setPen(QPen(Qt::white, 1));
    painter.drawRect(drawn);
  }
  if (hasFocus()) {
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme.accent, 2));
    painter.drawRect(rect.adjusted(1, 1, -1, -1));
  }
}

}  // namespace unitscope
