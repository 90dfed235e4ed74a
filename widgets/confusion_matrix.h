#pragma once

#include <QPoint>
#include <QStringList>
#include <QVector>
#include <QWidget>

namespace unitscope {

/// A table of what is (rows) against what was said (columns). Each cell is tinted by its share of its row: hits in one
/// colour, mistakes in another. A click or Enter picks a cell; arrow keys move.
class ConfusionMatrix : public QWidget {
  Q_OBJECT
 public:
  explicit ConfusionMatrix(QWidget* parent = nullptr);

  /// `counts` row by row, as many rows and columns as there are labels. Anything else shows nothing.
  void setCounts(const QStringList& labels, const QVector<qint64>& counts);
  int classes() const { return int(labels_.size()); }
  qint64 count(int truth, int said) const { return counts_.value(qsizetype(truth) * labels_.size() + said); }
  /// Column, row; (-1, -1) for none.
  QPoint current() const { return current_; }
  QRect cellRect(int truth, int said) const;
  /// "12 of 40 pictures of shirt were taken for coat".
  QString cellText(int truth, int said) const;

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 Q_SIGNALS:
  void cellPicked(int truth, int said);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  bool event(QEvent* event) override;

 private:
  QRect table() const;
  QPoint cellAt(QPoint place) const;
  void setCurrent(QPoint cell);
  qint64 rowSum(int truth) const;
  int labelWidth() const;
  int labelHeight() const;

  QStringList labels_;
  QVector<qint64> counts_;
  QPoint current_{-1, -1};
};

}  // namespace unitscope
