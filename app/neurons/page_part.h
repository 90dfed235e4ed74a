#pragma once

#include <QString>
#include <QWidget>

class QLabel;
class QVBoxLayout;

namespace unitscope {

/// A unit of the open network.
struct UnitAddress {
  QString layer;
  int unit = -1;
  bool operator==(const UnitAddress&) const = default;
};

/// A section of a unit's page: a heading, and what is below it.
class PagePart : public QWidget {
  Q_OBJECT
 public:
  PagePart(const QString& title, const QString& help, QWidget* parent = nullptr);

  /// Shows this unit from now on; a unit of -1 for none, and nothing is asked for then.
  virtual void showUnit(const UnitAddress& address) = 0;
  virtual bool busy() const { return false; }

 protected:
  QVBoxLayout* column() const { return column_; }
  /// A sentence below the heading; empty hides it.
  void say(const QString& text);

 private:
  QVBoxLayout* column_;
  QLabel* note_;
};

}  // namespace unitscope
