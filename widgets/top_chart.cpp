#include "widgets/top_chart.h"

#include <algorithm>
#include <cmath>

#include <QContextMenuEvent>
#include <QSvgGenerator>
#include <QtCharts/QBarCategoryAxis>
#include <QtCharts/QBarSet>
#include <QtCharts/QHorizontalBarSeries>
#include <QtCharts/QValueAxis>

#include "widgets/theme.h"

namespace unitscope {

namespace {

constexpr int kPad = 6;
constexpr int kGap = 6;  // between a bar and its percentage

}  // namespace

TopChart::TopChart(QWidget* parent) : RowChart(parent), chart_(new QChart) {
  series_ = new QHorizontalBarSeries;
  series_->setBarWidth(0.62);
  names_ = new QBarCategoryAxis;
  shares_ = new QValueAxis;
  shares_->setRange(0, room_);
  showBare(chart_, series_, names_, shares_);
  setAccessibleName(tr("Most likely classes"));
  restyle();
  describe();
}

QString TopChart::percentText(double share) {
  const double percent = 100.0 * share;
  if (percent > 0 && percent < 0.1) return QStringLiteral("< 0.1 %");
  return QStringLiteral("%1 %").arg(percent, 0, 'f', 1);
}

void TopChart::setBars(const QVector<TopBar>& bars) {
  bars_ = bars;
  rowsChanged();
  series_->clear();
  set_ = nullptr;
  if (!bars_.isEmpty()) {
    // The axis counts from the bottom.
    set_ = new QBarSet(QString());
    for (auto bar = bars_.crbegin(); bar != bars_.crend(); ++bar) {
      set_->append(std::isfinite(bar->value) ? std::clamp(bar->value, 0.0, 1.0) : 0.0);
    }
    series_->append(set_);
  }
  arrange();
  restyle();
  describe();
  updateGeometry();
}

// The chart's own axis would cut the names to nothing in a narrow panel, so they are drawn by us and the plot is told
// where it may be.
void TopChart::arrange() {
  QStringList rows;
  for (int i = 0; i < bars_.size(); ++i) rows << QString::number(i);
  names_->clear();
  names_->append(rows);
  int widest = 0;
  QFont bold = font();
  bold.setBold(true);
  for (const TopBar& bar : bars_) widest = std::max(widest, QFontMetrics(bold).horizontalAdvance(bar.label));
  const QSize size = viewport()->size();
  nameWidth_ = std::min(widest + 2 * kPad, size.width() * 55 / 100);
  const int width = std::max(1, size.width() - nameWidth_);
  // The longest bar ends where the percentage behind it still fits.
  const int percent = QFontMetrics(bold).horizontalAdvance(percentText(1.0)) + kGap + kPad;
  room_ = double(width) / std::max(width / 5.0, double(width - percent));
  shares_->setRange(0, room_);
  chart_->setPlotArea(QRectF(nameWidth_, 2, width, std::max(1, size.height() - 4)));
}

void TopChart::setChosen(int id) {
  chosen_ = id;
  restyle();
  describe();
}

void TopChart::restyle() {
  const ThemeColors& theme = themeColors(palette());
  if (set_) {
    set_->setPen(Qt::NoPen);
    set_->setBrush(theme.bar);
    set_->setSelectedColor(theme.accent);
    set_->deselectAllBars();
    for (int i = 0; i < bars_.size(); ++i) {
      if (bars_[i].id == chosen_) set_->selectBar(int(bars_.size()) - 1 - i);
    }
  }
  viewport()->update();
}

QColor TopChart::barColor(int index) const {
  const ThemeColors& theme = themeColors(palette());
  return index >= 0 && index < bars_.size() && bars_[index].id == chosen_ ? theme.accent : theme.bar;
}

void TopChart::describe() {
  QStringList lines;
  for (const TopBar& bar : bars_) {
    lines << (bar.id == chosen_ ? tr("%1 %2, explained now") : tr("%1 %2")).arg(bar.label, percentText(bar.value));
  }
  setAccessibleDescription(lines.isEmpty() ? tr("nothing yet") : lines.join(QStringLiteral("; ")));
}

QSize TopChart::sizeHint() const {
  const int row = int(std::lround(fontMetrics().height() * 1.75));
  return {260, row * std::max(1, int(bars_.size())) + 6};
}

QSize TopChart::minimumSizeHint() const {
  return {160, sizeHint().height()};
}

QRectF TopChart::rowInChart(int index) const {
  const QRectF plot = chart_->plotArea();
  if (bars_.isEmpty() || plot.isEmpty()) return {};
  const double high = plot.height() / double(bars_.size());
  return QRectF(0, plot.top() + index * high, chart_->size().width(), high);
}

QRect TopChart::rowRect(int index) const {
  if (index < 0 || index >= bars_.size()) return {};
  return mapFromScene(chart_->mapToScene(rowInChart(index)).boundingRect()).boundingRect();
}

void TopChart::drawBackground(QPainter* painter, const QRectF& rect) {
  RowChart::drawBackground(painter, rect);
  const QColor accent = themeColors(palette()).accent;
  for (int i = 0; i < bars_.size(); ++i) {
    const bool focused = i == current() && hasFocus();
    if (i != hovered() && !focused) continue;
    const QRectF row = chart_->mapToScene(rowInChart(i)).boundingRect();
    QColor tint = accent;
    tint.setAlphaF(0.12F);
    painter->setPen(focused ? QPen(accent, 1.5) : QPen(Qt::NoPen));
    painter->setBrush(tint);
    painter->drawRoundedRect(row.adjusted(1, 1, -1, -1), 3, 3);
  }
}

void TopChart::drawForeground(QPainter* painter, const QRectF& rect) {
  RowChart::drawForeground(painter, rect);
  if (bars_.isEmpty()) return;
  const QRectF plot = chart_->mapToScene(chart_->plotArea()).boundingRect();
  painter->save();
  for (int i = 0; i < bars_.size(); ++i) {
    const QRectF row = chart_->mapToScene(rowInChart(i)).boundingRect();
    const double end = plot.left() + plot.width() * std::clamp(bars_[i].value, 0.0, 1.0) / room_;
    painter->setPen(palette().color(QPalette::WindowText));
    QFont own = font();
    own.setBold(bars_[i].id == chosen_);
    painter->setFont(own);
    const QRectF name(row.left() + kPad, row.top(), nameWidth_ - 2 * kPad, row.height());
    painter->drawText(name, Qt::AlignVCenter | Qt::AlignLeft,
                      QFontMetrics(own).elidedText(bars_[i].label, Qt::ElideRight, int(name.width())));
    painter->drawText(QRectF(end + kGap, row.top(), row.right() - end - kGap, row.height()),
                      Qt::AlignVCenter | Qt::AlignLeft, percentText(bars_[i].value));
  }
  painter->restore();
}

QString TopChart::rowText(int index) const {
  return tr("%1 %2").arg(bars_[index].label, percentText(bars_[index].value));
}

void TopChart::contextMenuEvent(QContextMenuEvent* event) {
  const bool keyboard = event->reason() == QContextMenuEvent::Keyboard;
  const int row = keyboard ? current() : rowAt(event->pos());
  if (row < 0) return event->ignore();
  Q_EMIT menuRequested(bars_[row].id, keyboard ? mapToGlobal(rowRect(row).center()) : event->globalPos());
}

void TopChart::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
    arrange();
    restyle();
  }
  RowChart::changeEvent(event);
}

void TopChart::resizeEvent(QResizeEvent* event) {
  RowChart::resizeEvent(event);
  arrange();
}

bool TopChart::writeSvg(const QString& file) const {
  QSvgGenerator svg;
  svg.setFileName(file);
  svg.setSize(size());
  svg.setViewBox(rect());
  svg.setTitle(accessibleName().toHtmlEscaped());
  svg.setDescription(accessibleDescription().toHtmlEscaped());  // QSvgGenerator does not escape it
  QPainter painter;
  if (!painter.begin(&svg)) return false;
  const_cast<TopChart*>(this)->render(&painter, QRectF(rect()));
  return painter.end();
}

}  // namespace unitscope
