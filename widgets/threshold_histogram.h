#pragma once

#include <optional>

#include <QString>
#include <QVector>
#include <QtCharts/QChartView>

class QAreaSeries;
class QLineSeries;
class QValueAxis;

namespace unitscope {

/// Counts between edges as steps, their height by the logarithm, with a line at a threshold. The part beyond the
/// threshold is drawn in another colour.
class ThresholdHistogram : public QChartView {
  Q_OBJECT
 public:
  explicit ThresholdHistogram(QWidget* parent = nullptr);

  /// `edges` rise and are one more than the counts; anything else shows nothing.
  void setHistogram(const QVector<double>& edges, const QVector<qint64>& counts);
  void setThreshold(std::optional<double> value, const QString& name);
  std::optional<double> threshold() const { return threshold_; }
  const QVector<qint64>& counts() const { return counts_; }
  /// "12 from -0.5 to -0.25"; nothing where no bar stands.
  QString textAt(double value) const;

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 protected:
  void changeEvent(QEvent* event) override;
  bool viewportEvent(QEvent* event) override;
  void drawForeground(QPainter* painter, const QRectF& rect) override;
  void wheelEvent(QWheelEvent* event) override { event->ignore(); }

 private:
  void rebuild();
  void restyle();
  QAreaSeries* addArea(int first, int last);

  QVector<double> edges_;
  QVector<qint64> counts_;
  std::optional<double> threshold_;
  QString name_;
  QValueAxis *x_, *y_;
  QVector<QAreaSeries*> below_, above_;
};

}  // namespace unitscope
