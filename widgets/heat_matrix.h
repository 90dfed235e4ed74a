#pragma once

#include <QPoint>
#include <QStringList>
#include <QVector>
#include <QWidget>

namespace unitscope {

/// Numbers from -1 to 1 as a table of coloured cells with names along its left and top: none is empty, positive ones
/// take the theme's accent, negative ones its second colour. A click or Enter picks a cell, arrow keys move. As large
/// as its cells: put it in a scroll area; the part that is seen alone is painted.
class HeatMatrix : public QWidget {
  Q_OBJECT
 public:
  explicit HeatMatrix(const QString& accessibleName, QWidget* parent = nullptr);

  /// `values` row by row. Anything of another size shows nothing.
  void setCells(const QStringList& rows, const QStringList& columns, const QVector<float>& values);
  int rowCount() const { return int(rows_.size()); }
  int columnCount() const { return int(columns_.size()); }
  float value(int row, int column) const { return values_.value(qsizetype(row) * columns_.size() + column); }
  /// Marks a row or a column (or both: a cell) without telling of it; -1 for none.
  void setCurrent(int row, int column);
  QPoint current() const { return current_; }  ///< column, row
  QRect cellRect(int row, int column) const;
  /// "unit 17, roof: 0.83".
  QString cellText(int row, int column) const;
  /// All of it.
  QImage picture(qreal ratio) const;

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return sizeHint(); }

 Q_SIGNALS:
  void cellPicked(int row, int column);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void changeEvent(QEvent* event) override;
  bool event(QEvent* event) override;

 private:
  void paintAll(QPainter& painter, const QRect& wanted) const;
  void measure();
  QPoint cellAt(QPoint place) const;

  QStringList rows_, columns_;
  QVector<float> values_;
  QPoint current_{-1, -1}, hovered_{-1, -1};
  int nameWidth_ = 0, headHeight_ = 0, cell_ = 20;
};

}  // namespace unitscope
