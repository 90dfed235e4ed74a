#pragma once

#include <QString>
#include <QStringList>
#include <QVector>

#include "widgets/row_chart.h"

class QBarCategoryAxis;
class QBarSet;
class QHorizontalStackedBarSeries;
class QValueAxis;

namespace unitscope {

/// A bar of StackedBars.
struct StackedRow {
  int id = 0;             ///< what picked() tells
  QString label;          ///< beside the bar
  QVector<double> parts;  ///< one for each name of setParts(), none negative
  double total = 0.0;     ///< drawn pale behind the parts where it is larger
  double mark = -1.0;     ///< a line across the row, to compare with; negative: none
  QString text;           ///< behind the bar
  QString explanation;    ///< tooltip
};

/// Counts as horizontal bars made of coloured parts, with names and numbers. A click anywhere in a row picks it; up,
/// down and Enter do the same from the keyboard. As tall as its rows: put it in a scroll area where they are many.
class StackedBars : public RowChart {
  Q_OBJECT
 public:
  explicit StackedBars(const QString& accessibleName, QWidget* parent = nullptr);

  void setParts(const QStringList& names);
  void setRows(const QVector<StackedRow>& rows);
  const QVector<StackedRow>& rows() const { return rows_; }
  /// Marks the row with this id without telling of it; any other number marks none.
  void setChosen(int id);
  int chosen() const { return chosen_; }
  QRect rowRect(int index) const override;
  QColor partColor(int part) const;

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 protected:
  int rowCount() const override { return int(rows_.size()); }
  int rowId(int index) const override { return rows_[index].id; }
  QString rowExplanation(int index) const override { return rows_[index].explanation; }
  QString rowText(int index) const override;
  void reveal(int index) override;
  void wheelEvent(QWheelEvent* event) override;
  void changeEvent(QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void drawBackground(QPainter* painter, const QRectF& rect) override;
  void drawForeground(QPainter* painter, const QRectF& rect) override;

 private:
  QRectF rowInChart(int index) const;
  double placeOf(double value) const;
  void arrange();
  void restyle();
  void describe();

  QStringList names_;
  QVector<StackedRow> rows_;
  int chosen_ = -1;
  int nameWidth_ = 0;
  double room_ = 1.0;  // where the axis ends
  QChart* chart_;
  QHorizontalStackedBarSeries* series_;
  QVector<QBarSet*> sets_;
  QBarCategoryAxis* rowAxis_;
  QValueAxis* valueAxis_;
};

}  // namespace unitscope
