#include "widgets/stacked_bars.h"

#include <algorithm>
#include <cmath>

#include <QPainter>
#include <QScrollArea>
#include <QWheelEvent>
#include <QtCharts/QBarCategoryAxis>
#include <QtCharts/QBarSet>
#include <QtCharts/QHorizontalStackedBarSeries>
#include <QtCharts/QValueAxis>

#include "widgets/theme.h"

namespace unitscope {

namespace {

constexpr int kPad = 6;
constexpr double kBarWidth = 0.62;

double sumOf(const StackedRow& row) {
  double sum = 0.0;
  for (const double part : row.parts) sum += std::max(0.0, part);
  return sum;
}

}  // namespace

StackedBars::StackedBars(const QString& accessibleName, QWidget* parent) : RowChart(parent), chart_(new QChart) {
  series_ = new QHorizontalStackedBarSeries;
  series_->setBarWidth(kBarWidth);
  rowAxis_ = new QBarCategoryAxis;
  valueAxis_ = new QValueAxis;
  showBare(chart_, series_, rowAxis_, valueAxis_);
  setAccessibleName(accessibleName);
  describe();
}

void StackedBars::setParts(const QStringList& names) {
  names_ = names;
}

void StackedBars::setRows(const QVector<StackedRow>& rows) {
  rows_ = rows;
  rowsChanged();
  series_->clear();
  sets_.clear();
  for (int part = 0; part < names_.size() && !rows_.isEmpty(); ++part) {
    auto* set = new QBarSet(names_[part]);
    // The axis counts from the bottom.
    for (auto row = rows_.crbegin(); row != rows_.crend(); ++row) set->append(std::max(0.0, row->parts.value(part)));
    series_->append(set);
    sets_ << set;
  }
  arrange();
  restyle();
  describe();
  setMinimumHeight(sizeHint().height());  // a scroll area must not squeeze the rows
  updateGeometry();
}

// Axes would cut the names to nothing, so that names and numbers are drawn here and the plot is told where it may be.
void StackedBars::arrange() {
  QStringList keys;
  for (int i = 0; i < rows_.size(); ++i) keys << QString::number(i);
  rowAxis_->clear();
  rowAxis_->append(keys);
  QFont bold = font();
  bold.setBold(true);
  const QFontMetrics metrics(bold);
  int widest = 0, text = 0;
  double largest = 0.0;
  for (const StackedRow& row : rows_) {
    widest = std::max(widest, metrics.horizontalAdvance(row.label));
    text = std::max(text, metrics.horizontalAdvance(row.text));
    largest = std::max({largest, sumOf(row), row.total, row.mark});
  }
  if (!(largest > 0.0)) largest = 1.0;
  const QSize size = viewport()->size();
  nameWidth_ = std::min(widest + 2 * kPad, size.width() * 40 / 100);
  const int width = std::max(1, size.width() - nameWidth_);
  room_ = largest * width / std::max(width / 4.0, double(width - text - 2 * kPad));
  valueAxis_->setRange(0, room_);
  chart_->setPlotArea(QRectF(nameWidth_, 2, width, std::max(1, size.height() - 4)));
}

void StackedBars::setChosen(int id) {
  chosen_ = id;
  describe();
  viewport()->update();
}

QColor StackedBars::partColor(int part) const {
  const QVector<QColor>& colors = themeColors(palette()).series;
  return part < 0 || colors.isEmpty() ? QColor() : colors[part % colors.size()];
}

void StackedBars::restyle() {
  for (int part = 0; part < sets_.size(); ++part) {
    sets_[part]->setPen(Qt::NoPen);
    sets_[part]->setBrush(partColor(part));
  }
  viewport()->update();
}

void StackedBars::describe() {
  QStringList lines;
  for (const StackedRow& row : rows_)
    lines << (row.id == chosen_ ? tr("%1 %2, chosen") : tr("%1 %2")).arg(row.label, row.text);
  setAccessibleDescription(lines.isEmpty() ? tr("nothing yet") : lines.join(QStringLiteral("; ")));
}

QSize StackedBars::sizeHint() const {
  const int row = int(std::lround(fontMetrics().height() * 1.6));
  return {320, row * std::max(1, int(rows_.size())) + 6};
}

QSize StackedBars::minimumSizeHint() const {
  return {180, sizeHint().height()};
}

QRectF StackedBars::rowInChart(int index) const {
  const QRectF plot = chart_->plotArea();
  if (rows_.isEmpty() || plot.isEmpty()) return {};
  const double high = plot.height() / double(rows_.size());
  return QRectF(0, plot.top() + index * high, chart_->size().width(), high);
}

QRect StackedBars::rowRect(int index) const {
  if (index < 0 || index >= rows_.size()) return {};
  return mapFromScene(chart_->mapToScene(rowInChart(index)).boundingRect()).boundingRect();
}

double StackedBars::placeOf(double value) const {
  const QRectF plot = chart_->mapToScene(chart_->plotArea()).boundingRect();
  return plot.left() + plot.width() * std::clamp(value / room_, 0.0, 1.0);
}

void StackedBars::drawBackground(QPainter* painter, const QRectF& rect) {
  RowChart::drawBackground(painter, rect);
  const ThemeColors& theme = themeColors(palette());
  for (int i = 0; i < rows_.size(); ++i) {
    const QRectF row = chart_->mapToScene(rowInChart(i)).boundingRect();
    const bool focused = i == current() && hasFocus(), chosen = rows_[i].id == chosen_;
    if (i == hovered() || focused || chosen) {
      QColor tint = theme.accent;
      tint.setAlphaF(chosen ? 0.2F : 0.1F);
      painter->setPen(focused ? QPen(theme.accent, 1.5) : QPen(Qt::NoPen));
      painter->setBrush(tint);
      painter->drawRoundedRect(row.adjusted(1, 1, -1, -1), 3, 3);
    }
    if (rows_[i].total > 0.0) {
      const double slack = row.height() * (1.0 - kBarWidth) / 2.0, left = placeOf(0.0);
      painter->fillRect(QRectF(left, row.top() + slack, placeOf(rows_[i].total) - left, row.height() * kBarWidth),
                        theme.border);
    }
  }
}

void StackedBars::drawForeground(QPainter* painter, const QRectF& rect) {
  RowChart::drawForeground(painter, rect);
  const QColor text = palette().color(QPalette::WindowText);
  painter->save();
  for (int i = 0; i < rows_.size(); ++i) {
    const StackedRow& one = rows_[i];
    const QRectF row = chart_->mapToScene(rowInChart(i)).boundingRect();
    QFont own = font();
    own.setBold(one.id == chosen_);
    painter->setFont(own);
    painter->setPen(text);
    const QRectF name(row.left() + kPad, row.top(), nameWidth_ - 2 * kPad, row.height());
    painter->drawText(name, Qt::AlignVCenter | Qt::AlignLeft,
                      QFontMetrics(own).elidedText(one.label, Qt::ElideMiddle, int(name.width())));
    const double end = placeOf(std::max({sumOf(one), one.total, one.mark}));
    painter->drawText(QRectF(end + kPad, row.top(), row.right() - end - kPad, row.height()),
                      Qt::AlignVCenter | Qt::AlignLeft, one.text);
    if (one.mark >= 0.0) {
      painter->setPen(QPen(text, 2.0));
      const double x = placeOf(one.mark);
      painter->drawLine(QPointF(x, row.top() + 2), QPointF(x, row.bottom() - 2));
    }
  }
  painter->restore();
}

QString StackedBars::rowText(int index) const {
  return tr("%1 %2").arg(rows_[index].label, rows_[index].text);
}

void StackedBars::reveal(int index) {
  const QRect row = rowRect(index);
  if (QWidget* port = parentWidget())
    if (auto* area = qobject_cast<QScrollArea*>(port->parentWidget()))
      area->ensureVisible(0, mapTo(area->widget(), row.center()).y(), 0, row.height());
}

// The area around it scrolls.
void StackedBars::wheelEvent(QWheelEvent* event) {
  event->ignore();
}

void StackedBars::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
    setMinimumHeight(sizeHint().height());
    arrange();
    restyle();
  }
  RowChart::changeEvent(event);
}

void StackedBars::resizeEvent(QResizeEvent* event) {
  RowChart::resizeEvent(event);
  arrange();
}

}  // namespace unitscope
