#pragma once

#include <QVector>
#include <QWidget>

class QLineEdit;
class QListWidget;

namespace unitscope {

/// A line of a CheckList.
struct CheckItem {
  QString id;  ///< empty: the heading of those that follow
  QString title;
  QString help;
};

/// Things to tick, under headings, with a filter where there are many.
class CheckList : public QWidget {
  Q_OBJECT
 public:
  /// `name` is said to screen readers. `lines` are seen at once, at most.
  CheckList(const QVector<CheckItem>& items, const QString& name, bool filtered, int lines, QWidget* parent = nullptr);

  /// Tells nobody.
  void setChecked(const QStringList& ids);
  /// In the order of the list.
  QStringList checked() const;
  QListWidget* list() const { return list_; }
  QLineEdit* filter() const { return filter_; }

 Q_SIGNALS:
  /// By the user.
  void checkedChanged(const QStringList& ids);

 private:
  void applyFilter(const QString& text);

  QListWidget* list_;
  QLineEdit* filter_;
  bool silent_ = false;
};

}  // namespace unitscope
