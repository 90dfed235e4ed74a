#include "widgets/row_chart.h"

#include <algorithm>

#include <QAccessible>
#include <QGraphicsLayout>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <QtCharts/QAbstractBarSeries>
#include <QtCharts/QBarCategoryAxis>
#include <QtCharts/QValueAxis>

namespace unitscope {

void RowChart::showBare(QChart* chart, QAbstractBarSeries* series, QBarCategoryAxis* rows, QValueAxis* values) {
  setChart(chart);
  chart->legend()->hide();
  chart->setBackgroundVisible(false);
  chart->setMargins({});
  chart->layout()->setContentsMargins(0, 0, 0, 0);
  chart->addSeries(series);
  rows->setVisible(false);
  values->setVisible(false);
  chart->addAxis(rows, Qt::AlignLeft);
  chart->addAxis(values, Qt::AlignBottom);
  series->attachAxis(rows);
  series->attachAxis(values);
  setRenderHint(QPainter::Antialiasing);
  setFrameShape(QFrame::NoFrame);
  setFocusPolicy(Qt::StrongFocus);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  viewport()->setMouseTracking(true);
  setBackgroundBrush(Qt::NoBrush);
  viewport()->setAutoFillBackground(false);
}

int RowChart::rowAt(QPoint point) const {
  for (int i = 0; i < rowCount(); ++i)
    if (rowRect(i).contains(point)) return i;
  return -1;
}

void RowChart::rowsChanged() {
  if (current_ >= rowCount()) current_ = -1;
  hovered_ = -1;
}

void RowChart::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  const int row = rowAt(event->position().toPoint());
  if (row < 0) return;
  current_ = row;
  viewport()->update();
  Q_EMIT picked(rowId(row));
}

void RowChart::mouseMoveEvent(QMouseEvent* event) {
  const int row = rowAt(event->position().toPoint());
  if (row == hovered_) return;
  hovered_ = row;
  setCursor(row >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
  viewport()->update();
}

bool RowChart::viewportEvent(QEvent* event) {
  if (event->type() == QEvent::Leave) {
    hovered_ = -1;
    viewport()->update();
  } else if (event->type() == QEvent::ToolTip) {
    const auto* help = static_cast<QHelpEvent*>(event);
    const int row = rowAt(help->pos());
    if (row >= 0) {
      QToolTip::showText(help->globalPos(), rowExplanation(row), this);
      return true;
    }
  }
  return QChartView::viewportEvent(event);
}

void RowChart::keyPressEvent(QKeyEvent* event) {
  const int last = rowCount() - 1;
  if (last < 0) return QChartView::keyPressEvent(event);
  int next = current_;
  switch (event->key()) {
    case Qt::Key_Down: next = std::min(current_ + 1, last); break;
    case Qt::Key_Up: next = std::max(current_ - 1, 0); break;
    case Qt::Key_Home: next = 0; break;
    case Qt::Key_End: next = last; break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
      if (current_ >= 0) Q_EMIT picked(rowId(current_));
      return;
    default: return QChartView::keyPressEvent(event);
  }
  current_ = next;
  viewport()->update();
  reveal(next);
  setAccessibleDescription(rowText(next));
  QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
  QAccessible::updateAccessibility(&changed);
}

void RowChart::focusInEvent(QFocusEvent* event) {
  if (current_ < 0 && event->reason() != Qt::MouseFocusReason && rowCount() > 0) current_ = 0;
  viewport()->update();
  QChartView::focusInEvent(event);
}

void RowChart::focusOutEvent(QFocusEvent* event) {
  viewport()->update();
  QChartView::focusOutEvent(event);
}

}  // namespace unitscope
