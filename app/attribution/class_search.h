#pragma once

#include <QWidget>

class QLabel;
class QLineEdit;
class QStringListModel;

namespace unitscope {

class Document;

/// A field that finds a class by name or number, with the network's labels as suggestions. Says so when there is no
/// such class.
class ClassSearch : public QWidget {
  Q_OBJECT
 public:
  ClassSearch(Document& document, const QString& placeholder, const QString& help, QWidget* parent = nullptr);

  /// Classes that exist besides those with labels: for networks that have none.
  void setClassCount(int count) { count_ = count; }
  QLineEdit* edit() const { return edit_; }
  QLabel* complaint() const { return complaint_; }

 Q_SIGNALS:
  void classFound(int index);

 private:
  void searched();
  /// Shown below the field; empty hides it.
  void complain(const QString& problem);
  void labelsChanged();

  Document& document_;
  int count_ = 0;
  QLineEdit* edit_;
  QLabel* complaint_;
  QStringListModel* labels_;
};

}  // namespace unitscope
