#pragma once

#include <QString>
#include <QVector>

#include "widgets/row_chart.h"

class QBarCategoryAxis;
class QBarSet;
class QHorizontalBarSeries;
class QValueAxis;

namespace unitscope {

/// A bar of IntervalBars.
struct IntervalRow {
  int id = 0;     ///< what picked() tells
  QString label;  ///< beside the bar
  double value = 0.0;
  double low = 0.0, high = 0.0;  ///< ends of its confidence interval; equal: none is drawn
  QString text;                  ///< at the right edge
  QString explanation;           ///< tooltip
};

/// Changes as horizontal bars to both sides of zero, each with its confidence interval and a number. A click anywhere
/// in a row picks it; up, down and Enter do the same from the keyboard. As tall as its rows: put it in a scroll area
/// where they are many.
class IntervalBars : public RowChart {
  Q_OBJECT
 public:
  explicit IntervalBars(const QString& accessibleName, QWidget* parent = nullptr);

  void setRows(const QVector<IntervalRow>& rows);
  const QVector<IntervalRow>& rows() const { return rows_; }
  /// Marks the row with this id without telling of it; any other number marks none.
  void setChosen(int id);
  int chosen() const { return chosen_; }
  QRect rowRect(int index) const override;

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return {180, sizeHint().height()}; }

 protected:
  int rowCount() const override { return int(rows_.size()); }
  int rowId(int index) const override { return rows_[index].id; }
  QString rowExplanation(int index) const override { return rows_[index].explanation; }
  QString rowText(int index) const override;
  void wheelEvent(QWheelEvent* event) override;
  void changeEvent(QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void drawBackground(QPainter* painter, const QRectF& rect) override;
  void drawForeground(QPainter* painter, const QRectF& rect) override;

 private:
  QRectF rowInScene(int index) const;
  double placeOf(double value) const;
  void arrange();
  void restyle();
  void describe();

  QVector<IntervalRow> rows_;
  int chosen_ = -1, nameWidth_ = 0, textWidth_ = 0;
  double least_ = -1.0, most_ = 1.0;  // of the axis
  QChart* chart_;
  QHorizontalBarSeries* series_;
  QBarSet* set_ = nullptr;
  QBarCategoryAxis* rowAxis_;
  QValueAxis* valueAxis_;
};

}  // namespace unitscope
