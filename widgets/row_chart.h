#pragma once

#include <QString>
#include <QtCharts/QChartView>

class QAbstractBarSeries;
class QBarCategoryAxis;
class QValueAxis;

namespace unitscope {

/// What charts of horizontal bars have in common: rows that are pointed at, picked and explained. A click anywhere in a
/// row picks it; up, down, Home, End and Enter do the same from the keyboard. What a row is, and how it is drawn, the
/// charts know.
class RowChart : public QChartView {
  Q_OBJECT
 public:
  using QChartView::QChartView;

  /// Row of the keyboard, -1 before it was used.
  int current() const { return current_; }
  /// Where the row with this index lies, in the widget's coordinates.
  virtual QRect rowRect(int index) const = 0;

 Q_SIGNALS:
  void picked(int id);

 protected:
  virtual int rowCount() const = 0;
  virtual int rowId(int index) const = 0;               ///< what picked() tells
  virtual QString rowExplanation(int index) const = 0;  ///< tooltip
  virtual QString rowText(int index) const = 0;         ///< what a screen reader says of it
  /// The keyboard has come to this row.
  virtual void reveal(int /*index*/) {}

  /// Shows bars and nothing else: no legend, frame or axes, which the charts draw themselves; the plot may lie anywhere
  /// in the chart. Made once, by the constructor.
  void showBare(QChart* chart, QAbstractBarSeries* series, QBarCategoryAxis* rows, QValueAxis* values);
  /// Row at a point of the widget, -1 where there is none.
  int rowAt(QPoint point) const;
  int hovered() const { return hovered_; }
  /// After other rows were set: the keyboard's row stays where it can.
  void rowsChanged();

  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;
  bool viewportEvent(QEvent* event) override;

 private:
  int current_ = -1;
  int hovered_ = -1;
};

}  // namespace unitscope
