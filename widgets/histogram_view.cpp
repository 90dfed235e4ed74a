#include "widgets/histogram_view.h"

#include <algorithm>

#include <QHelpEvent>
#include <QLocale>
#include <QPainter>
#include <QToolTip>

namespace unitscope {

namespace {

constexpr double kMargin = 8.0;

QString numberText(double value) {
  return QLocale().toString(value, 'g', 3);
}

}  // namespace

HistogramView::HistogramView(QWidget* parent) : QWidget(parent) {
  setAccessibleName(tr("Histogram"));
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
}

void HistogramView::setHistogram(const QVector<qint64>& counts, double least, double most) {
  counts_ = counts;
  least_ = least;
  most_ = most;
  setAccessibleDescription(counts.isEmpty() ? QString()
                                            : tr("Values from %1 to %2").arg(numberText(least), numberText(most)));
  update();
}

QString HistogramView::barText(int bar) const {
  const double step = (most_ - least_) / static_cast<double>(std::max<qsizetype>(1, counts_.size()));
  return tr("%1 from %2 to %3")
      .arg(QLocale().toString(counts_.value(bar)), numberText(least_ + bar * step),
           numberText(least_ + (bar + 1) * step));
}

QRectF HistogramView::plot() const {
  return QRectF(rect()).adjusted(kMargin, kMargin, -kMargin, -kMargin - fontMetrics().height());
}

QRectF HistogramView::barRect(int bar) const {
  if (bar < 0 || bar >= counts_.size()) return {};
  const QRectF area = plot();
  const double fullest = static_cast<double>(std::max<qint64>(1, *std::max_element(counts_.begin(), counts_.end())));
  const double width = area.width() / static_cast<double>(counts_.size());
  // Whatever a bar holds can be seen, beside one that holds a million times as much.
  double height = area.height() * static_cast<double>(counts_[bar]) / fullest;
  if (counts_[bar] > 0) height = std::max(height, 1.0);
  return {area.left() + bar * width, area.bottom() - height, width, height};
}

void HistogramView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  if (counts_.isEmpty()) return;
  const QRectF area = plot();
  for (int bar = 0; bar < counts_.size(); ++bar)
    painter.fillRect(barRect(bar).adjusted(0.5, 0.0, -0.5, 0.0), palette().highlight());
  painter.setPen(palette().color(QPalette::PlaceholderText));
  painter.drawLine(area.bottomLeft(), area.bottomRight());
  const QRectF below(area.left(), area.bottom() + 2.0, area.width(), fontMetrics().height());
  painter.drawText(below, Qt::AlignLeft, numberText(least_));
  painter.drawText(below, Qt::AlignRight, numberText(most_));
  if (!(least_ < 0.0 && most_ > 0.0)) return;
  const double zero = area.left() - area.width() * least_ / (most_ - least_);
  painter.drawLine(QPointF(zero, area.top()), QPointF(zero, area.bottom()));
  // Both ends have their numbers already where zero lies close to one of them.
  const double room = 6.0 * fontMetrics().averageCharWidth();
  if (zero - area.left() > room && area.right() - zero > room)
    painter.drawText(QRectF(zero - room, below.top(), 2.0 * room, below.height()), Qt::AlignHCenter, "0");
}

bool HistogramView::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  const QRectF area = plot();
  const double place = (help->pos().x() - area.left()) / std::max(1.0, area.width());
  const int bar = static_cast<int>(place * static_cast<double>(counts_.size()));
  if (place >= 0.0 && bar < counts_.size())
    QToolTip::showText(help->globalPos(), barText(bar), this);
  else
    QToolTip::hideText();
  return true;
}

QSize HistogramView::sizeHint() const {
  return {280, 120};
}

QSize HistogramView::minimumSizeHint() const {
  return {120, 70};
}

}  // namespace unitscope
