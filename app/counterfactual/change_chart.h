#pragma once

#include <vector>

#include <QString>
#include <QtCharts/QChartView>

#include "engine/model.h"

class QBarCategoryAxis;
class QBarSet;
class QHorizontalBarSeries;
class QValueAxis;

namespace unitscope {

/// A class of a ChangeChart, with its share before and after.
struct ChangeRow {
  int id = 0;
  QString label;
  double before = 0.0, after = 0.0;
  double scoreBefore = 0.0, scoreAfter = 0.0;
  bool operator==(const ChangeRow&) const = default;
};

/// The best classes before, in that order, then those that have come among the best after, then `always` (-1: none).
std::vector<ChangeRow> changeRows(const std::vector<Prediction>& before, const std::vector<Prediction>& after,
                                  int always);

/// Two bars a class: its share before and after, with the change in points. A click picks the class.
class ChangeChart : public QChartView {
  Q_OBJECT
 public:
  explicit ChangeChart(QWidget* parent = nullptr);

  void setRows(const std::vector<ChangeRow>& rows);
  const std::vector<ChangeRow>& rows() const { return rows_; }
  void setChosen(int id);
  int chosen() const { return chosen_; }
  QRect rowRect(int index) const;
  /// "−46.2" points, "0.0".
  static QString changeText(const ChangeRow& row);

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return {160, sizeHint().height()}; }

 Q_SIGNALS:
  void picked(int id);

 protected:
  void mousePressEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;
  void changeEvent(QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void drawBackground(QPainter* painter, const QRectF& rect) override;
  void drawForeground(QPainter* painter, const QRectF& rect) override;
  bool viewportEvent(QEvent* event) override;

 private:
  int rowHeight() const;
  QRectF rowInScene(int index) const;
  int rowAt(QPoint point) const;
  void restyle();
  void arrange();
  void describe();

  std::vector<ChangeRow> rows_;
  int chosen_ = -1, current_ = -1;
  QChart* chart_;
  QHorizontalBarSeries* series_;
  QBarSet* before_ = nullptr;
  QBarSet* after_ = nullptr;
  QBarCategoryAxis* names_;
  QValueAxis* shares_;
};

}  // namespace unitscope
