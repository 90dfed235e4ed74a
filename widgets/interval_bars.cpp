#include "widgets/interval_bars.h"

#include <algorithm>
#include <cmath>

#include <QPainter>
#include <QWheelEvent>
#include <QtCharts/QBarCategoryAxis>
#include <QtCharts/QBarSet>
#include <QtCharts/QHorizontalBarSeries>
#include <QtCharts/QValueAxis>

#include "widgets/theme.h"

namespace unitscope {

namespace {

constexpr int kPad = 6;
constexpr double kBarWidth = 0.56;

double finite(double value) {
  return std::isfinite(value) ? value : 0.0;
}

}  // namespace

IntervalBars::IntervalBars(const QString& accessibleName, QWidget* parent) : RowChart(parent), chart_(new QChart) {
  series_ = new QHorizontalBarSeries;
  series_->setBarWidth(kBarWidth);
  rowAxis_ = new QBarCategoryAxis;
  valueAxis_ = new QValueAxis;
  showBare(chart_, series_, rowAxis_, valueAxis_);
  setAccessibleName(accessibleName);
  describe();
}

void IntervalBars::setRows(const QVector<IntervalRow>& rows) {
  rows_ = rows;
  rowsChanged();
  series_->clear();
  set_ = nullptr;
  if (!rows_.isEmpty()) {
    set_ = new QBarSet(accessibleName());
    // The axis counts from the bottom.
    for (auto row = rows_.crbegin(); row != rows_.crend(); ++row) set_->append(finite(row->value));
    series_->append(set_);
  }
  arrange();
  restyle();
  describe();
  setMinimumHeight(sizeHint().height());  // a scroll area must not squeeze the rows
  updateGeometry();
}

// As StackedBars: names and numbers are drawn here, and the plot is told where it may be.
void IntervalBars::arrange() {
  QStringList keys;
  for (int i = 0; i < rows_.size(); ++i) keys << QString::number(i);
  rowAxis_->clear();
  rowAxis_->append(keys);
  QFont bold = font();
  bold.setBold(true);
  const QFontMetrics metrics(bold);
  int widest = 0, text = 0;
  double least = 0.0, most = 0.0;
  for (const IntervalRow& row : rows_) {
    widest = std::max(widest, metrics.horizontalAdvance(row.label));
    text = std::max(text, metrics.horizontalAdvance(row.text));
    least = std::min({least, finite(row.value), finite(row.low)});
    most = std::max({most, finite(row.value), finite(row.high)});
  }
  if (!(most - least > 0.0)) most = 1.0;
  least_ = least;
  most_ = most;
  valueAxis_->setRange(least_, most_);
  const QSize size = viewport()->size();
  nameWidth_ = std::min(widest + 2 * kPad, size.width() * 40 / 100);
  textWidth_ = std::min(text + 2 * kPad, size.width() * 40 / 100);
  chart_->setPlotArea(
      QRectF(nameWidth_, 2, std::max(1, size.width() - nameWidth_ - textWidth_), std::max(1, size.height() - 4)));
}

void IntervalBars::setChosen(int id) {
  chosen_ = id;
  describe();
  viewport()->update();
}

void IntervalBars::restyle() {
  if (set_) {
    set_->setPen(Qt::NoPen);
    set_->setBrush(themeColors(palette()).bar);
  }
  viewport()->update();
}

void IntervalBars::describe() {
  QStringList lines;
  for (int i = 0; i < rows_.size(); ++i)
    lines << (rows_[i].id == chosen_ ? tr("%1, chosen").arg(rowText(i)) : rowText(i));
  setAccessibleDescription(lines.isEmpty() ? tr("nothing yet") : lines.join(QStringLiteral("; ")));
}

QString IntervalBars::rowText(int index) const {
  return tr("%1 %2").arg(rows_[index].label, rows_[index].text);
}

QSize IntervalBars::sizeHint() const {
  const int row = int(std::lround(fontMetrics().height() * 1.6));
  return {320, row * std::max(1, int(rows_.size())) + 6};
}

QRectF IntervalBars::rowInScene(int index) const {
  const QRectF plot = chart_->plotArea();
  if (rows_.isEmpty() || plot.isEmpty()) return {};
  const double high = plot.height() / double(rows_.size());
  return chart_->mapToScene(QRectF(0, plot.top() + index * high, chart_->size().width(), high)).boundingRect();
}

QRect IntervalBars::rowRect(int index) const {
  if (index < 0 || index >= rows_.size()) return {};
  return mapFromScene(rowInScene(index)).boundingRect();
}

double IntervalBars::placeOf(double value) const {
  const QRectF plot = chart_->mapToScene(chart_->plotArea()).boundingRect();
  return plot.left() + plot.width() * std::clamp((finite(value) - least_) / (most_ - least_), 0.0, 1.0);
}

void IntervalBars::drawBackground(QPainter* painter, const QRectF& rect) {
  RowChart::drawBackground(painter, rect);
  const ThemeColors& theme = themeColors(palette());
  for (int i = 0; i < rows_.size(); ++i) {
    const bool focused = i == current() && hasFocus(), chosen = rows_[i].id == chosen_;
    if (i != hovered() && !focused && !chosen) continue;
    QColor tint = theme.accent;
    tint.setAlphaF(chosen ? 0.2F : 0.1F);
    painter->setPen(focused ? QPen(theme.accent, 1.5) : QPen(Qt::NoPen));
    painter->setBrush(tint);
    painter->drawRoundedRect(rowInScene(i).adjusted(1, 1, -1, -1), 3, 3);
  }
}

void IntervalBars::drawForeground(QPainter* painter, const QRectF& rect) {
  RowChart::drawForeground(painter, rect);
  if (rows_.isEmpty()) return;
  const QColor text = palette().color(QPalette::WindowText);
  const ThemeColors& theme = themeColors(palette());
  painter->save();
  const double zero = placeOf(0.0);
  painter->setPen(QPen(theme.border, 1.0));
  painter->drawLine(QPointF(zero, rowInScene(0).top()), QPointF(zero, rowInScene(int(rows_.size()) - 1).bottom()));
  for (int i = 0; i < rows_.size(); ++i) {
    const IntervalRow& one = rows_[i];
    const QRectF row = rowInScene(i);
    QFont own = font();
    own.setBold(one.id == chosen_);
    painter->setFont(own);
    painter->setPen(text);
    const QRectF name(row.left() + kPad, row.top(), nameWidth_ - 2 * kPad, row.height());
    painter->drawText(name, Qt::AlignVCenter | Qt::AlignLeft,
                      QFontMetrics(own).elidedText(one.label, Qt::ElideMiddle, int(name.width())));
    painter->drawText(row.adjusted(0, 0, -kPad, 0), Qt::AlignVCenter | Qt::AlignRight, one.text);
    if (!(one.high > one.low)) continue;
    const double middle = row.center().y(), tick = row.height() * 0.18;
    const double low = placeOf(one.low), high = placeOf(one.high);
    painter->setPen(QPen(text, 1.5));
    painter->drawLine(QPointF(low, middle), QPointF(high, middle));
    for (const double end : {low, high}) painter->drawLine(QPointF(end, middle - tick), QPointF(end, middle + tick));
  }
  painter->restore();
}

// The area around it scrolls.
void IntervalBars::wheelEvent(QWheelEvent* event) {
  event->ignore();
}

void IntervalBars::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
    setMinimumHeight(sizeHint().height());
    arrange();
    restyle();
  }
  RowChart::changeEvent(event);
}

void IntervalBars::resizeEvent(QResizeEvent* event) {
  RowChart::resizeEvent(event);
  arrange();
}

}  // namespace unitscope
