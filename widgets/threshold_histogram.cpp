#include "widgets/threshold_histogram.h"

#include <algorithm>
#include <cmath>

#include <QEvent>
#include <QGraphicsLayout>
#include <QHelpEvent>
#include <QLocale>
#include <QToolTip>
#include <QtCharts/QAreaSeries>
#include <QtCharts/QLineSeries>
#include <QtCharts/QValueAxis>

#include "widgets/theme.h"

namespace unitscope {

namespace {

double heightOf(qint64 count) {
  return std::log10(1.0 + double(std::max<qint64>(0, count)));
}

QString numberText(double value) {
  return QLocale().toString(value, 'g', 3);
}

}  // namespace

ThresholdHistogram::ThresholdHistogram(QWidget* parent) : QChartView(parent), x_(new QValueAxis), y_(new QValueAxis) {
  setChart(new QChart);
  chart()->legend()->hide();
  chart()->setBackgroundVisible(false);
  chart()->setMargins({0, 0, 12, 0});
  chart()->layout()->setContentsMargins(0, 0, 0, 0);
  chart()->addAxis(x_, Qt::AlignBottom);
  chart()->addAxis(y_, Qt::AlignLeft);
  x_->setLabelFormat(QStringLiteral("%.3g"));
  y_->setVisible(false);
  setRenderHint(QPainter::Antialiasing);
  setFrameShape(QFrame::NoFrame);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setBackgroundBrush(Qt::NoBrush);
  viewport()->setAutoFillBackground(false);
  setAccessibleName(tr("Histogram"));
  restyle();
}

void ThresholdHistogram::setHistogram(const QVector<double>& edges, const QVector<qint64>& counts) {
  const bool rising = std::is_sorted(edges.cbegin(), edges.cend()) &&
                      std::all_of(edges.cbegin(), edges.cend(), [](double edge) { return std::isfinite(edge); });
  const bool fits = rising && !counts.isEmpty() && edges.size() == counts.size() + 1 && edges.back() > edges.front();
  edges_ = fits ? edges : QVector<double>();
  counts_ = fits ? counts : QVector<qint64>();
  rebuild();
}

void ThresholdHistogram::setThreshold(std::optional<double> value, const QString& name) {
  threshold_ = value && std::isfinite(*value) ? value : std::nullopt;
  name_ = name;
  rebuild();
}

QAreaSeries* ThresholdHistogram::addArea(int first, int last) {
  auto* top = new QLineSeries;
  auto* bottom = new QLineSeries;
  for (int i = first; i < last; ++i) {
    const double height = heightOf(counts_[i]);
    top->append(edges_[i], height);
    top->append(edges_[i + 1], height);
  }
  bottom->append(edges_[first], 0);
  bottom->append(edges_[last], 0);
  auto* area = new QAreaSeries(top, bottom);
  top->setParent(area);
  bottom->setParent(area);
  chart()->addSeries(area);
  area->attachAxis(x_);
  area->attachAxis(y_);
  return area;
}

void ThresholdHistogram::rebuild() {
  chart()->removeAllSeries();
  below_.clear();
  above_.clear();
  if (!counts_.isEmpty()) {
    const int n = int(counts_.size());
    int cut = n;
    if (threshold_) cut = int(std::lower_bound(edges_.cbegin(), edges_.cend(), *threshold_) - edges_.cbegin());
    cut = std::clamp(cut, 0, n);
    if (cut > 0) below_ << addArea(0, cut);
    if (cut < n) above_ << addArea(cut, n);
    double low = edges_.front(), high = edges_.back();
    if (threshold_) low = std::min(low, *threshold_), high = std::max(high, *threshold_);
    x_->setRange(low, high);
    x_->setTickCount(5);
    y_->setRange(0, std::max(1.0, heightOf(*std::max_element(counts_.cbegin(), counts_.cend())) * 1.1));
  }
  QString text = tr("Nothing");
  if (!counts_.isEmpty()) {
    text = tr("From %1 to %2").arg(numberText(edges_.front()), numberText(edges_.back()));
    if (threshold_) text += tr("; %1 at %2").arg(name_, numberText(*threshold_));
  }
  setAccessibleDescription(text);
  restyle();
}

void ThresholdHistogram::restyle() {
  const ThemeColors& theme = themeColors(palette());
  for (QAreaSeries* area : std::as_const(below_)) {
    area->setPen(Qt::NoPen);
    area->setBrush(theme.bar);
  }
  for (QAreaSeries* area : std::as_const(above_)) {
    area->setPen(Qt::NoPen);
    area->setBrush(theme.accent);
  }
  x_->setLabelsFont(font());
  x_->setLabelsColor(theme.mutedText);
  x_->setLinePen(QPen(theme.border, 1));
  x_->setGridLinePen(QPen(theme.border, 1, Qt::DotLine));
  viewport()->update();
}

QString ThresholdHistogram::textAt(double value) const {
  if (counts_.isEmpty() || value < edges_.front() || value > edges_.back()) return {};
  auto at = int(std::upper_bound(edges_.cbegin(), edges_.cend(), value) - edges_.cbegin()) - 1;
  at = std::clamp(at, 0, int(counts_.size()) - 1);
  return tr("%1 from %2 to %3")
      .arg(QLocale().toString(counts_[at]), numberText(edges_[at]), numberText(edges_[at + 1]));
}

bool ThresholdHistogram::viewportEvent(QEvent* event) {
  if (event->type() == QEvent::ToolTip && !counts_.isEmpty()) {
    auto* help = static_cast<QHelpEvent*>(event);
    const QPointF at = chart()->mapToValue(chart()->mapFromScene(mapToScene(help->pos())));
    QToolTip::showText(help->globalPos(), textAt(at.x()), viewport());
    return true;
  }
  return QChartView::viewportEvent(event);
}

void ThresholdHistogram::drawForeground(QPainter* painter, const QRectF& rect) {
  QChartView::drawForeground(painter, rect);
  if (!threshold_ || counts_.isEmpty()) return;
  const ThemeColors& theme = themeColors(palette());
  const QRectF plot = chart()->mapToScene(chart()->plotArea()).boundingRect();
  const double x = chart()->mapToScene(chart()->mapToPosition({*threshold_, 0})).x();
  painter->save();
  painter->setFont(font());
  painter->setPen(QPen(palette().color(QPalette::WindowText), 1.5, Qt::DashLine));
  painter->drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()));
  const QString text = tr("%1: %2").arg(name_, numberText(*threshold_));
  const double wide = QFontMetrics(font()).horizontalAdvance(text) + 8;
  const bool right = x + wide < plot.right();
  painter->setPen(theme.mutedText);
  painter->drawText(QRectF(right ? x + 4 : x - wide - 4, plot.top(), wide, QFontMetrics(font()).height()),
                    right ? Qt::AlignLeft : Qt::AlignRight, text);
  painter->restore();
}

void ThresholdHistogram::changeEvent(QEvent* event) {
  QChartView::changeEvent(event);
  if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) restyle();
}

QSize ThresholdHistogram::sizeHint() const {
  return {320, fontMetrics().height() * 9};
}

QSize ThresholdHistogram::minimumSizeHint() const {
  return {160, fontMetrics().height() * 7};
}

}  // namespace unitscope
