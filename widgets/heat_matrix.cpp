#include "widgets/heat_matrix.h"

#include <algorithm>
#include <cmath>

#include <QAccessible>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollArea>
#include <QToolTip>

#include "widgets/theme.h"

namespace unitscope {

namespace {

constexpr int kPad = 6;

}  // namespace

HeatMatrix::HeatMatrix(const QString& accessibleName, QWidget* parent) : QWidget(parent) {
  setAccessibleName(accessibleName);
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  setSizePolicy(QSizePolicy::Minimum, QSizePolicy::Minimum);
  measure();
}

void HeatMatrix::setCells(const QStringList& rows, const QStringList& columns, const QVector<float>& values) {
  const bool fits = values.size() == rows.size() * columns.size();
  rows_ = fits ? rows : QStringList();
  columns_ = fits ? columns : QStringList();
  values_ = fits ? values : QVector<float>();
  current_ = hovered_ = {-1, -1};
  measure();
}

void HeatMatrix::measure() {
  QFont bold = font();
  bold.setBold(true);
  const QFontMetrics metrics(bold);
  cell_ = int(std::lround(metrics.height() * 1.35));
  int rows = 0, columns = 0;
  for (const QString& name : std::as_const(rows_)) rows = std::max(rows, metrics.horizontalAdvance(name));
  for (const QString& name : std::as_const(columns_)) columns = std::max(columns, metrics.horizontalAdvance(name));
  nameWidth_ = rows + 2 * kPad;
  headHeight_ = columns + 2 * kPad;
  updateGeometry();
  setMinimumSize(sizeHint());
  update();
}

QSize HeatMatrix::sizeHint() const {
  return {nameWidth_ + cell_ * int(columns_.size()) + kPad, headHeight_ + cell_ * int(rows_.size()) + kPad};
}

QRect HeatMatrix::cellRect(int row, int column) const {
  return {nameWidth_ + column * cell_, headHeight_ + row * cell_, cell_, cell_};
}

QString HeatMatrix::cellText(int row, int column) const {
  if (row < 0 || row >= rows_.size() || column < 0 || column >= columns_.size()) return {};
  return tr("%1, %2: %3")
      .arg(rows_[row], columns_[column],
           value(row, column) == 0.0F ? QStringLiteral("\u2013")
                                      : QLocale().toString(double(value(row, column)), 'f', 2));
}

void HeatMatrix::setCurrent(int row, int column) {
  current_ = {column < columns_.size() ? column : -1, row < rows_.size() ? row : -1};
  const QString text = cellText(current_.y(), current_.x());
  setAccessibleDescription(!text.isEmpty() ? text : tr("%1 rows, %2 columns").arg(rows_.size()).arg(columns_.size()));
  update();
}

QPoint HeatMatrix::cellAt(QPoint place) const {
  const QPoint inside = place - QPoint(nameWidth_, headHeight_);
  if (inside.x() < 0 || inside.y() < 0) return {-1, -1};
  const QPoint cell(inside.x() / cell_, inside.y() / cell_);
  return cell.x() < columns_.size() && cell.y() < rows_.size() ? cell : QPoint(-1, -1);
}

void HeatMatrix::paintAll(QPainter& painter, const QRect& wanted) const {
  const ThemeColors& theme = themeColors(palette());
  const QColor text = palette().color(QPalette::WindowText), ground = palette().color(QPalette::Base);
  QFont plain = font(), bold = font();
  bold.setBold(true);
  for (int column = 0; column < columns_.size(); ++column) {
    const QRect head(nameWidth_ + column * cell_, 0, cell_, headHeight_);
    if (!head.intersects(wanted)) continue;
    painter.save();
    painter.translate(head.left(), headHeight_ - kPad);
    painter.rotate(-90);
    painter.setFont(column == current_.x() || column == hovered_.x() ? bold : plain);
    painter.setPen(text);
    painter.drawText(QRect(0, 0, headHeight_, cell_), Qt::AlignLeft | Qt::AlignVCenter, columns_[column]);
    painter.restore();
  }
  for (int row = 0; row < rows_.size(); ++row) {
    const QRect line(0, headHeight_ + row * cell_, width(), cell_);
    if (!line.intersects(wanted)) continue;
    painter.setFont(row == current_.y() || row == hovered_.y() ? bold : plain);
    painter.setPen(text);
    painter.drawText(QRect(kPad, line.top(), nameWidth_ - 2 * kPad, cell_), Qt::AlignRight | Qt::AlignVCenter,
                     rows_[row]);
    for (int column = 0; column < columns_.size(); ++column) {
      const QRect cell = cellRect(row, column);
      if (!cell.intersects(wanted)) continue;
      const float number = std::clamp(value(row, column), -1.0F, 1.0F);
      const QColor full = number >= 0 ? theme.accent : theme.series.value(1, theme.accent);
      painter.fillRect(cell.adjusted(1, 1, 0, 0),
                       number == 0.0F ? ground : mixed(ground, full, 0.15 + 0.85 * std::abs(number)));
    }
  }
  // The row and column of what is chosen, and the cell under the pointer.
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(text, 1.5));
  if (current_.y() >= 0 && current_.x() >= 0) painter.drawRect(cellRect(current_.y(), current_.x()));
  painter.setPen(QPen(theme.mutedText, 1.0));
  if (hovered_.x() >= 0) painter.drawRect(cellRect(hovered_.y(), hovered_.x()));
  if (hasFocus() && current_.x() < 0 && !rows_.isEmpty()) painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

void HeatMatrix::paintEvent(QPaintEvent* event) {
  QPainter painter(this);
  paintAll(painter, event->rect());
}

QImage HeatMatrix::picture(qreal ratio) const {
  if (rows_.isEmpty()) return {};
  QImage image(sizeHint() * ratio, QImage::Format_RGB32);
  image.setDevicePixelRatio(ratio);
  image.fill(palette().color(QPalette::Window));
  QPainter painter(&image);
  paintAll(painter, QRect({0, 0}, sizeHint()));
  return image;
}

void HeatMatrix::mousePressEvent(QMouseEvent* event) {
  const QPoint cell = cellAt(event->position().toPoint());
  if (event->button() != Qt::LeftButton || cell.x() < 0) return;
  setCurrent(cell.y(), cell.x());
  Q_EMIT cellPicked(cell.y(), cell.x());
}

void HeatMatrix::mouseMoveEvent(QMouseEvent* event) {
  const QPoint cell = cellAt(event->position().toPoint());
  if (cell == hovered_) return;
  hovered_ = cell;
  update();
}

void HeatMatrix::leaveEvent(QEvent*) {
  hovered_ = {-1, -1};
  update();
}

void HeatMatrix::keyPressEvent(QKeyEvent* event) {
  if (rows_.isEmpty() || columns_.isEmpty()) return QWidget::keyPressEvent(event);
  QPoint next(std::max(0, current_.x()), std::max(0, current_.y()));
  const bool before = current_.x() >= 0 && current_.y() >= 0;
  switch (event->key()) {
    case Qt::Key_Left: next.rx() -= before; break;
    case Qt::Key_Right: next.rx() += before; break;
    case Qt::Key_Up: next.ry() -= before; break;
    case Qt::Key_Down: next.ry() += before; break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
      if (before) Q_EMIT cellPicked(current_.y(), current_.x());
      return;
    default: return QWidget::keyPressEvent(event);
  }
  next = {std::clamp(next.x(), 0, columnCount() - 1), std::clamp(next.y(), 0, rowCount() - 1)};
  setCurrent(next.y(), next.x());
  if (QWidget* port = parentWidget())
    if (auto* area = qobject_cast<QScrollArea*>(port->parentWidget())) {
      const QPoint middle = cellRect(next.y(), next.x()).center();
      area->ensureVisible(middle.x(), middle.y(), cell_, cell_);
    }
  QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
  QAccessible::updateAccessibility(&changed);
}

void HeatMatrix::changeEvent(QEvent* event) {
  if (event->type() == QEvent::FontChange) measure();
  if (event->type() == QEvent::PaletteChange) update();
  QWidget::changeEvent(event);
}

bool HeatMatrix::event(QEvent* event) {
  if (event->type() == QEvent::ToolTip) {
    const auto* help = static_cast<QHelpEvent*>(event);
    const QPoint cell = cellAt(help->pos());
    QToolTip::showText(help->globalPos(), cell.x() < 0 ? QString() : cellText(cell.y(), cell.x()), this);
    return true;
  }
  return QWidget::event(event);
}

}  // namespace unitscope
