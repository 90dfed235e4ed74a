#pragma once

#include <QAbstractButton>

class QToolButton;

namespace unitscope {

/// Heading of a row or column of a ComparisonGrid.
struct GridHeading {
  QString id;
  QString title;
  QString subtitle;  ///< muted, behind the title where there is room
  QString help;      ///< tooltip
  bool removable = false;
};

/// A heading that can be clicked, with a button that takes its row or column away.
class GridHeader : public QAbstractButton {
  Q_OBJECT
 public:
  explicit GridHeader(QWidget* parent = nullptr);

  void setHeading(const GridHeading& heading);
  const GridHeading& heading() const { return heading_; }
  /// The one whose details are shown elsewhere.
  void setCurrent(bool current);
  QToolButton* removeButton() const { return remove_; }

  QSize sizeHint() const override;

 Q_SIGNALS:
  void removeRequested();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void enterEvent(QEnterEvent* event) override;
  void leaveEvent(QEvent* event) override;

 private:
  GridHeading heading_;
  QToolButton* remove_;
  bool current_ = false;
};

}  // namespace unitscope
