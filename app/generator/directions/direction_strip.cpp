#include "app/generator/directions/direction_strip.h"

#include <algorithm>
#include <cmath>

#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>

#include "widgets/theme.h"

namespace unitscope {
namespace {

constexpr int kGap = 4, kLargest = 96;

}  // namespace

DirectionStrip::DirectionStrip(QWidget* parent) : QWidget(parent), pictures_(kPictures) {
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  setAccessibleName(tr("The sample along the direction"));
  setToolTip(tr("A click goes there"));
  describe();
}

void DirectionStrip::setRange(double from, double to) {
  if (from == from_ && to == to_) return;
  from_ = from;
  to_ = to;
  forget();
}

double DirectionStrip::amountOf(int picture) const {
  const double amount = from_ + (to_ - from_) * picture / (kPictures - 1);
  return std::abs(amount) < 1e-9 * (to_ - from_) ? 0.0 : amount;
}

void DirectionStrip::setPicture(int picture, const QImage& image) {
  if (picture < 0 || picture >= kPictures) return;
  pictures_[picture] = image;
  update();
}

void DirectionStrip::forget() {
  pictures_.fill({});
  update();
}

void DirectionStrip::setAmount(double amount) {
  amount_ = amount;
  describe();
  update();
}

int DirectionStrip::heightFor(int width) const {
  return std::min(kLargest, (width - (kPictures - 1) * kGap) / kPictures) + fontMetrics().height() + 2;
}

// Layouts in scroll areas do not ask how high a widget would be at its width.
void DirectionStrip::resizeEvent(QResizeEvent*) {
  setFixedHeight(heightFor(width()));
}

QSize DirectionStrip::sizeHint() const {
  return {kPictures * 64, heightFor(kPictures * 64)};
}

QSize DirectionStrip::minimumSizeHint() const {
  return {kPictures * 32, heightFor(kPictures * 32)};
}

QRect DirectionStrip::pictureRect(int picture) const {
  const int side =
      std::max(8, std::min((width() - (kPictures - 1) * kGap) / kPictures, height() - fontMetrics().height() - 2));
  return {picture * (side + kGap), 0, side, side};
}

int DirectionStrip::pictureAt(QPoint point) const {
  for (int i = 0; i < kPictures; ++i) {
    const QRect rect = pictureRect(i);
    if (point.x() >= rect.left() && point.x() <= rect.right()) return i;
  }
  return -1;
}

void DirectionStrip::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::SmoothPixmapTransform);
  const ThemeColors& theme = themeColors(palette());
  int nearest = 0;
  for (int i = 1; i < kPictures; ++i)
    if (std::abs(amountOf(i) - amount_) < std::abs(amountOf(nearest) - amount_)) nearest = i;
  for (int i = 0; i < kPictures; ++i) {
    const QRect rect = pictureRect(i);
    if (pictures_[i].isNull()) {
      painter.fillRect(rect, theme.surface);
      painter.setPen(theme.mutedText);
      painter.drawText(rect, Qt::AlignCenter, QStringLiteral("\u2026"));
    } else {
      QSize size = pictures_[i].size().scaled(rect.size(), Qt::KeepAspectRatio);
      QRect target(QPoint(0, 0), size);
      target.moveCenter(rect.center());
      painter.drawImage(target, pictures_[i]);
    }
    if (i == nearest || i == hovered_ || (hasFocus() && i == current_)) {
      painter.setPen(QPen(i == nearest ? theme.accent : theme.mutedText, i == current_ && hasFocus() ? 3 : 2));
      painter.drawRect(rect.adjusted(0, 0, -1, -1));
    }
    painter.setPen(i == nearest ? palette().color(QPalette::WindowText) : theme.mutedText);
    const QRect text(rect.left(), rect.bottom() + 2, rect.width(), fontMetrics().height());
    painter.drawText(text, Qt::AlignCenter, QLocale().toString(amountOf(i), 'g', 2));
  }
}

void DirectionStrip::mousePressEvent(QMouseEvent* event) {
  const int at = pictureAt(event->position().toPoint());
  if (event->button() != Qt::LeftButton || at < 0) return;
  current_ = at;
  Q_EMIT picked(amountOf(at));
}

void DirectionStrip::mouseMoveEvent(QMouseEvent* event) {
  hovered_ = pictureAt(event->position().toPoint());
  update();
}

void DirectionStrip::leaveEvent(QEvent*) {
  hovered_ = -1;
  update();
}

void DirectionStrip::keyPressEvent(QKeyEvent* event) {
  switch (event->key()) {
    case Qt::Key_Left: current_ = std::max(0, current_ - 1); break;
    case Qt::Key_Right: current_ = std::min(kPictures - 1, current_ + 1); break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space: Q_EMIT picked(amountOf(current_)); return;
    default: return QWidget::keyPressEvent(event);
  }
  describe();
  update();
}

void DirectionStrip::describe() {
  setAccessibleDescription(tr("Pictures from %1 to %2, at %3; the keyboard is at %4")
                               .arg(from_)
                               .arg(to_)
                               .arg(amount_)
                               .arg(amountOf(current_)));
}

}  // namespace unitscope
