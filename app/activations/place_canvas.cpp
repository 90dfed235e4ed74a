#include "app/activations/place_canvas.h"

#include <algorithm>
#include <cmath>

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include "widgets/theme.h"

namespace unitscope {

namespace {

constexpr int kLinesAround = 2;  // cells beyond the pointed one whose borders are drawn
// Closer lines than this many pixels would hide the picture.
constexpr double kClosestLines = 4.0;

}  // namespace

PlaceCanvas::PlaceCanvas(QWidget* parent) : ImageCanvas(parent) {
  connect(this, &ImageCanvas::hovered, this, [this](QPointF place) {
    const QPoint cell = cellAt(place);
    if (cell.x() >= 0) Q_EMIT cellPointed(cell);
  });
  connect(this, &ImageCanvas::left, this, &PlaceCanvas::cellLeft);
  connect(this, &ImageCanvas::clicked, this, [this](QPointF place, Qt::KeyboardModifiers) {
    const QPoint cell = cellAt(place);
    if (cell.x() >= 0) Q_EMIT cellPicked(cell);
  });
}

void PlaceCanvas::setCells(QSize cells) {
  if (cells == cells_) return;
  cells_ = cells;
  update();
}

void PlaceCanvas::setAllLines(bool all) {
  if (all == allLines_) return;
  allLines_ = all;
  update();
}

void PlaceCanvas::setPointed(QPoint cell) {
  if (cell == pointed_) return;
  pointed_ = cell;
  update();
}

void PlaceCanvas::setPinned(QPoint cell) {
  if (cell == pinned_) return;
  pinned_ = cell;
  update();
}

void PlaceCanvas::setField(const QRectF& field) {
  if (field == field_) return;
  field_ = field;
  update();
}

void PlaceCanvas::setCaption(const QString& caption) {
  if (caption == caption_) return;
  caption_ = caption;
  update();
}

QPoint PlaceCanvas::cellAt(QPointF place) const {
  if (cells_.isEmpty() || place.x() < 0 || place.y() < 0 || place.x() >= 1 || place.y() >= 1) return {-1, -1};
  return {std::min(cells_.width() - 1, int(place.x() * cells_.width())),
          std::min(cells_.height() - 1, int(place.y() * cells_.height()))};
}

QRectF PlaceCanvas::cellRect(QPoint cell) const {
  if (cells_.isEmpty() || cell.x() < 0 || cell.y() < 0) return {};
  const double w = 1.0 / cells_.width(), h = 1.0 / cells_.height();
  return {cell.x() * w, cell.y() * h, w, h};
}

QPoint PlaceCanvas::cellCenter(QPoint cell) const {
  return toWidget(cellRect(cell).center()).toPoint();
}

QRectF PlaceCanvas::widgetRect(const QRectF& fractions) const {
  return {toWidget(fractions.topLeft()), toWidget(fractions.bottomRight())};
}

void PlaceCanvas::paintEvent(QPaintEvent* event) {
  ImageCanvas::paintEvent(event);
  QPainter painter(this);
  if (!cells_.isEmpty() && !image().isNull()) {
    painter.save();
    painter.setClipRect(imageRect());
    drawLines(painter);
    if (!field_.isEmpty()) {
      const QRectF box = widgetRect(field_.intersected(QRectF(0, 0, 1, 1)));
      painter.setBrush(Qt::NoBrush);
      painter.setPen(QPen(QColor(0, 0, 0, 150), 3));
      painter.drawRect(box);
      painter.setPen(QPen(QColor(255, 255, 255, 230), 1, Qt::DashLine));
      painter.drawRect(box);
    }
    if (pinned_.x() >= 0) drawCell(painter, pinned_, QColor(255, 196, 0), 2.5);
    if (pointed_.x() >= 0 && pointed_ != pinned_) drawCell(painter, pointed_, QColor(255, 255, 255), 1.5);
    painter.restore();
  }
  drawCaption(painter);
  if (hasFocus()) {
    painter.setPen(QPen(themeColors(palette()).accent, 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(QRectF(rect()).adjusted(1, 1, -1, -1));
  }
}

void PlaceCanvas::drawLines(QPainter& painter) const {
  const QRectF whole = imageRect();
  const double w = whole.width() / cells_.width(), h = whole.height() / cells_.height();
  if (std::min(w, h) < kClosestLines) return;
  QRect some(QPoint(0, 0), cells_);
  if (!allLines_) {
    if (pointed_.x() < 0) return;
    some = some.intersected(
        QRect(pointed_, QSize(1, 1)).adjusted(-kLinesAround, -kLinesAround, kLinesAround, kLinesAround));
  }
  painter.setPen(QPen(QColor(255, 255, 255, 90), 1));
  for (int x = some.left(); x <= some.right() + 1; ++x)
    painter.drawLine(QPointF(whole.left() + x * w, whole.top() + some.top() * h),
                     QPointF(whole.left() + x * w, whole.top() + (some.bottom() + 1) * h));
  for (int y = some.top(); y <= some.bottom() + 1; ++y)
    painter.drawLine(QPointF(whole.left() + some.left() * w, whole.top() + y * h),
                     QPointF(whole.left() + (some.right() + 1) * w, whole.top() + y * h));
}

void PlaceCanvas::drawCell(QPainter& painter, QPoint cell, const QColor& color, double width) const {
  QRectF box = widgetRect(cellRect(cell));
  // A place of an early layer is smaller than can be seen.
  if (box.width() < 6)
    box.adjust((box.width() - 6) / 2, (box.width() - 6) / 2, (6 - box.width()) / 2, (6 - box.width()) / 2);
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(QColor(0, 0, 0, 170), width + 2));
  painter.drawRect(box);
  painter.setPen(QPen(color, width));
  painter.drawRect(box);
}

void PlaceCanvas::drawCaption(QPainter& painter) const {
  if (caption_.isEmpty()) return;
  const QFontMetrics metrics(font());
  const QString text = metrics.elidedText(caption_, Qt::ElideMiddle, std::max(40, width() - 24));
  const QRectF box(4, 4, metrics.horizontalAdvance(text) + 12, metrics.height() + 4);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  painter.setBrush(QColor(16, 18, 22, 190));
  painter.drawRoundedRect(box, 4, 4);
  painter.setPen(QColor(245, 247, 250));
  painter.drawText(box, Qt::AlignCenter, text);
  painter.setRenderHint(QPainter::Antialiasing, false);
}

// The marked cell says more than a crosshair, which would lie over the map.
void PlaceCanvas::mouseMoveEvent(QMouseEvent* event) {
  ImageCanvas::mouseMoveEvent(event);
  if (link()) link()->setCursor(std::nullopt);
}

void PlaceCanvas::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Escape && pinned_.x() >= 0) return Q_EMIT released();
  if (event->modifiers().testFlag(Qt::ShiftModifier) || cells_.isEmpty()) return ImageCanvas::keyPressEvent(event);
  const int step = event->modifiers().testFlag(Qt::ControlModifier) ? 5 : 1;
  QPoint by;
  switch (event->key()) {
    case Qt::Key_Left: by = {-step, 0}; break;
    case Qt::Key_Right: by = {step, 0}; break;
    case Qt::Key_Up: by = {0, -step}; break;
    case Qt::Key_Down: by = {0, step}; break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space: break;
    default: return ImageCanvas::keyPressEvent(event);
  }
  const QPoint middle(cells_.width() / 2, cells_.height() / 2);
  const bool known = pinned_.x() >= 0 || pointed_.x() >= 0;
  // Enter pins what the pointer shows; the first arrow begins in the middle.
  QPoint next = by.isNull() ? (pointed_.x() >= 0 ? pointed_ : pinned_) : (pinned_.x() >= 0 ? pinned_ : pointed_) + by;
  if (!known) next = middle;
  Q_EMIT cellPicked({std::clamp(next.x(), 0, cells_.width() - 1), std::clamp(next.y(), 0, cells_.height() - 1)});
}

}  // namespace unitscope
