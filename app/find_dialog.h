#pragma once

#include <QDialog>

#include "app/context.h"

class QLineEdit;
class QListView;
class QSortFilterProxyModel;

namespace unitscope {

/// Type a few letters of a layer or a class, press Enter, and all panes look at it.
class FindDialog : public QDialog {
  Q_OBJECT
 public:
  explicit FindDialog(const Context& context, QWidget* parent = nullptr);
  /// What would be chosen by Enter now, as shown.
  QStringList shown() const;

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void filter(const QString& text);
  void choose();

  Context context_;
  QLineEdit* text_;
  QListView* list_;
  QSortFilterProxyModel* matches_;
};

}  // namespace unitscope
