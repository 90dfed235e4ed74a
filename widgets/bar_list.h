#pragma once

#include <QColor>
#include <QImage>
#include <QListView>
#include <QString>
#include <QVector>

namespace unitscope {

/// A row of a BarList.
struct BarRow {
  int id = 0;            ///< what picked() tells
  QString title;         ///< "unit 17"
  QString detail;        ///< right of the title, muted: "3.42"
  QVector<double> bars;  ///< -1 to 1 of the room; signed ones grow from the middle
  QImage picture;        ///< small, left of the title
  QColor chip;           ///< frame of the picture, or a square where pictures have no room; invalid: none
  QString help;          ///< tooltip
  bool operator==(const BarRow&) const = default;
};

/// A list of things with a small picture and one or more bars each. A click or the arrow keys pick a row, a double
/// click or Enter opens it. Rows may be exchanged many times a second: what is picked stays picked.
class BarList : public QListView {
  Q_OBJECT
 public:
  explicit BarList(const QString& accessibleName, QWidget* parent = nullptr);

  void setRows(const QVector<BarRow>& rows);
  const QVector<BarRow>& rows() const;
  /// Puts a picture beside the row with this id, where there is one.
  void setPicture(int id, const QImage& picture);
  /// Selects the row without telling of it; an id that is not there selects none.
  void mark(int id);
  int marked() const { return marked_; }
  void setPictureSize(int pixels);
  int pictureSize() const { return pictureSize_; }
  /// Colours of the bars in turn; without any the theme's.
  void setBarColors(const QVector<QColor>& colors);
  const QVector<QColor>& barColors() const { return colors_; }
  /// Shown in the middle while there is nothing.
  void setEmptyText(const QString& text);
  /// Where the row with this id lies, in the viewport's coordinates; null when it is not there.
  QRect rowRect(int id) const;

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 Q_SIGNALS:
  void picked(int id);
  void opened(int id);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;

 private:
  class Rows;
  class Delegate;
  Rows* rows_;
  QVector<QColor> colors_;
  QString emptyText_;
  int pictureSize_ = 40;
  int marked_ = -1;
  bool silent_ = false;
};

}  // namespace unitscope
