#pragma once

#include <QVector>
#include <QWidget>

namespace unitscope {

/// Counts in equal steps between two numbers, as bars over a line with both ends and zero marked. Says of the bar under
/// the pointer what it holds.
class HistogramView : public QWidget {
  Q_OBJECT
 public:
  explicit HistogramView(QWidget* parent = nullptr);

  /// Bars from `least` to `most`; none where there are no counts.
  void setHistogram(const QVector<qint64>& counts, double least, double most);
  const QVector<qint64>& counts() const { return counts_; }
  /// "12 from -0.5 to -0.25".
  QString barText(int bar) const;
  /// Where the bar stands, in the widget's coordinates.
  QRectF barRect(int bar) const;

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;
  bool event(QEvent* event) override;

 private:
  QRectF plot() const;

  QVector<qint64> counts_;
  double least_ = 0.0, most_ = 0.0;
};

}  // namespace unitscope
