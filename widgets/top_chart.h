#pragma once

#include <QString>
#include <QVector>

#include "widgets/row_chart.h"

class QBarCategoryAxis;
class QBarSet;
class QHorizontalBarSeries;
class QValueAxis;

namespace unitscope {

/// A bar of a TopChart.
struct TopBar {
  int id = 0;           ///< what picked() tells
  QString label;        ///< beside the bar
  double value = 0.0;   ///< share, 0 to 1
  QString explanation;  ///< tooltip
};

/// Shares as horizontal bars, largest on top, with their names and percentages. A click anywhere in a bar's row picks
/// it; up, down and Enter do the same from the keyboard. One bar may be marked as chosen.
class TopChart : public RowChart {
  Q_OBJECT
 public:
  explicit TopChart(QWidget* parent = nullptr);

  void setBars(const QVector<TopBar>& bars);
  const QVector<TopBar>& bars() const { return bars_; }
  /// Marks the bar with this id; any other number marks none.
  void setChosen(int id);
  int chosen() const { return chosen_; }
  QRect rowRect(int index) const override;
  QColor barColor(int index) const;
  /// The chart as vectors. False when the file cannot be written.
  bool writeSvg(const QString& file) const;

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

  /// "58.3 %", "< 0.1 %".
  static QString percentText(double share);

 Q_SIGNALS:
  void menuRequested(int id, QPoint globalPosition);

 protected:
  int rowCount() const override { return int(bars_.size()); }
  int rowId(int index) const override { return bars_[index].id; }
  QString rowExplanation(int index) const override { return bars_[index].explanation; }
  QString rowText(int index) const override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  void changeEvent(QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void drawBackground(QPainter* painter, const QRectF& rect) override;
  void drawForeground(QPainter* painter, const QRectF& rect) override;

 private:
  QRectF rowInChart(int index) const;
  void restyle();
  void arrange();
  void describe();

  QVector<TopBar> bars_;
  int chosen_ = -1;
  int nameWidth_ = 0;
  double room_ = 1.0;  // the axis ends there; bars at 1
  QChart* chart_;
  QHorizontalBarSeries* series_;
  QBarSet* set_ = nullptr;
  QBarCategoryAxis* names_;
  QValueAxis* shares_;
};

}  // namespace unitscope
