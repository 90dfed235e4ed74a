#pragma once

#include <optional>

#include <QVector>
#include <QWidget>

namespace unitscope {

/// What the colours of a heatmap mean: the colour map as a bar with its smallest value, zero where it lies between,
/// and its largest. Arrows at the ends say that values go on beyond what is shown. A marker shows one value.
class HeatLegend : public QWidget {
  Q_OBJECT
 public:
  explicit HeatLegend(Qt::Orientation orientation, QWidget* parent = nullptr);

  /// From the smallest to the largest value, two colours at least.
  void setColors(const QVector<QRgb>& colors);
  /// Takes no notice of ranges that are not finite or empty. `clipped`: values beyond the ends exist.
  void setRange(double minimum, double maximum, bool clipped = false);
  double minimum() const { return minimum_; }
  double maximum() const { return maximum_; }
  void setMarker(std::optional<double> value);
  /// Texts beside the bar, from the smallest.
  QStringList tickTexts() const;
  QRectF barRect() const;

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

  /// Three significant digits, as short as can be: "-0.012", "1.3e-07".
  static QString numberText(double value, int digits = 3);

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  double positionOf(double value) const;
  void describe();

  Qt::Orientation orientation_;
  QVector<QRgb> colors_;
  double minimum_ = 0.0, maximum_ = 1.0;
  bool clipped_ = false;
  std::optional<double> marker_;
};

}  // namespace unitscope
