#include "widgets/heat_legend.h"

#include <algorithm>
#include <cmath>

#include <QPainter>

#include "widgets/theme.h"

namespace unitscope {

HeatLegend::HeatLegend(Qt::Orientation orientation, QWidget* parent) : QWidget(parent), orientation_(orientation) {
  if (orientation == Qt::Horizontal) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  } else {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Expanding);
  }
  colors_ = {qRgb(0, 0, 0), qRgb(255, 255, 255)};
  describe();
}

void HeatLegend::setColors(const QVector<QRgb>& colors) {
  if (colors.size() < 2) return;
  colors_ = colors;
  update();
}

void HeatLegend::setRange(double minimum, double maximum, bool clipped) {
  if (!std::isfinite(minimum) || !std::isfinite(maximum) || !(minimum < maximum)) return;
  minimum_ = minimum;
  maximum_ = maximum;
  clipped_ = clipped;
  describe();
  updateGeometry();
  update();
}

void HeatLegend::setMarker(std::optional<double> value) {
  if (value && !std::isfinite(*value)) value.reset();
  if (value == marker_) return;
  marker_ = value;
  update();
}

QString HeatLegend::numberText(double value, int digits) {
  if (value == 0.0) return QStringLiteral("0");
  QString text = QString::number(value, 'g', digits);
  text.replace(QLatin1Char('-'), QChar(0x2212));  // the true minus sign is as wide as a plus
  return text;
}

QStringList HeatLegend::tickTexts() const {
  QStringList texts;
  const QString lower = clipped_ && minimum_ < 0 ? QStringLiteral("\u2264 ") : QString();
  const QString upper = clipped_ ? QStringLiteral("\u2265 ") : QString();
  texts << lower + numberText(minimum_);
  if (minimum_ < 0 && maximum_ > 0) texts << QStringLiteral("0");
  texts << upper + numberText(maximum_);
  return texts;
}

void HeatLegend::describe() {
  setAccessibleName(tr("Colour scale"));
  setAccessibleDescription(tr("from %1 to %2").arg(numberText(minimum_), numberText(maximum_)));
}

QRectF HeatLegend::barRect() const {
  const int text = fontMetrics().height();
  if (orientation_ == Qt::Horizontal) return QRectF(1, 2, width() - 2, std::max(4, height() - text - 5));
  return QRectF(2, text / 2.0, 14, std::max(4, height() - text));
}

double HeatLegend::positionOf(double value) const {
  const QRectF bar = barRect();
  const double t = std::clamp((value - minimum_) / (maximum_ - minimum_), 0.0, 1.0);
  return orientation_ == Qt::Horizontal ? bar.left() + t * bar.width() : bar.bottom() - t * bar.height();
}

QSize HeatLegend::sizeHint() const {
  const QFontMetrics metrics = fontMetrics();
  if (orientation_ == Qt::Horizontal) return {160, metrics.height() + 13};
  int widest = metrics.horizontalAdvance(QStringLiteral("\u2265 \u22120.00123"));
  for (const QString& text : tickTexts()) widest = std::max(widest, metrics.horizontalAdvance(text));
  return {22 + widest + 2, 200};
}

QSize HeatLegend::minimumSizeHint() const {
  return orientation_ == Qt::Horizontal ? QSize(80, sizeHint().height()) : QSize(sizeHint().width(), 60);
}

void HeatLegend::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const QRectF bar = barRect();
  QLinearGradient gradient(orientation_ == Qt::Horizontal ? bar.topLeft() : bar.bottomLeft(),
                           orientation_ == Qt::Horizontal ? bar.topRight() : bar.topLeft());
  for (int i = 0; i < colors_.size(); ++i) {
    gradient.setColorAt(double(i) / double(colors_.size() - 1), QColor::fromRgb(colors_[i]));
  }
  painter.fillRect(bar, gradient);
  const ThemeColors& theme = themeColors(palette());
  painter.setPen(theme.border);
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(bar.adjusted(0, 0, -1, -1));

  QStringList texts = tickTexts();
  QVector<double> values{minimum_};
  if (texts.size() == 3) values << 0.0;
  values << maximum_;
  const QFontMetrics metrics = fontMetrics();
  painter.setPen(theme.mutedText);
  const auto collide = [&] {
    return metrics.horizontalAdvance(texts.front()) + metrics.horizontalAdvance(texts.back()) + 8 > bar.width();
  };
  // Where there is no room, the signs that say "and beyond" go first, then digits.
  for (int digits = 3; orientation_ == Qt::Horizontal && digits > 0 && collide(); --digits) {
    texts.front() = numberText(minimum_, digits);
    texts.back() = numberText(maximum_, digits);
  }
  double lastEnd = -1e9;
  for (int i = 0; i < texts.size(); ++i) {
    const double at = positionOf(values[i]);
    if (orientation_ == Qt::Vertical) {
      painter.drawText(
          QRectF(bar.right() + 5, at - metrics.height() / 2.0, width() - bar.right() - 5, metrics.height()),
          Qt::AlignLeft | Qt::AlignVCenter, texts[i]);
      continue;
    }
    const double wide = metrics.horizontalAdvance(texts[i]);
    double x = i == 0 ? bar.left() : i + 1 == texts.size() ? bar.right() - wide : at - wide / 2;
    const bool middle = i > 0 && i + 1 < texts.size();
    const double lastStart = bar.right() - metrics.horizontalAdvance(texts.back());
    if (middle && (x < lastEnd + 4 || x + wide + 4 > lastStart)) continue;  // no room for the zero
    painter.drawText(QPointF(x, bar.bottom() + 2 + metrics.ascent()), texts[i]);
    lastEnd = x + wide;
  }
  if (!marker_) return;
  const double at = positionOf(*marker_);
  const QPointF from = orientation_ == Qt::Horizontal ? QPointF(at, bar.top()) : QPointF(bar.left(), at);
  const QPointF to = orientation_ == Qt::Horizontal ? QPointF(at, bar.bottom()) : QPointF(bar.right(), at);
  painter.setPen(QPen(Qt::black, 4));
  painter.drawLine(from, to);
  painter.setPen(QPen(Qt::white, 2));
  painter.drawLine(from, to);
}

}  // namespace unitscope
