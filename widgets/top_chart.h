#pragma once

#include <QString>
#include <QVector>
#include <QtCharts/QChartView>

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
class TopChart : public QChartView {
  Q_OBJECT
 public:
  explicit TopChart(QWidget* parent = nullptr);

  void setBars(const QVector<TopBar>& bars);
  const QVector<TopBar>& bars() const { return bars_; }
  /// Marks the bar with this id; any other number marks none.
  void setChosen(int id);
  int chosen() const { return chosen_; }
  /// Row of the keyboard, -1 before it was used.
  int current() const { return current_; }
  /// Where the row with this index lies, in the widget's coordinates.
  QRect rowRect(int index) const;
  QColor barColor(int index) const;
  /// The chart as vectors. False when the file cannot be written.
  bool writeSvg(const QString& file) const;

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

  /// "58.3 %", "< 0.1 %".
  static QString percentText(double share);

 Q_SIGNALS:
  void picked(int id);
  void menuRequested(int id, QPoint globalPosition);

 protected:
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;
  void changeEvent(QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void drawBackground(QPainter* painter, const QRectF& rect) override;
  void drawForeground(QPainter* painter, const QRectF& rect) override;
  bool viewportEvent(QEvent* event) override;

 private:
  int rowAt(QPoint point) const;
  QRectF rowInChart(int index) const;
  void restyle();
  void arrange();
  void describe();

  QVector<TopBar> bars_;
  int chosen_ = -1;
  int current_ = -1;
  int hovered_ = -1;
  int nameWidth_ = 0;
  double room_ = 1.0;  // the axis ends there; bars at 1
  QChart* chart_;
  QHorizontalBarSeries* series_;
  QBarSet* set_ = nullptr;
  QBarCategoryAxis* names_;
  QValueAxis* shares_;
};

}  // namespace unitscope
