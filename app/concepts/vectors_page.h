#pragma once

#include <QWidget>

#include "app/concepts/concept_knowledge.h"

class QComboBox;
class QLabel;
class QTableWidget;

namespace unitscope {

class BarList;
class CurveChart;

/// Index of the concept among the vectors; -1 where it is not there.
int vectorIndex(const Net2Vec& vectors, const QString& name);

/// How the units of a layer spell concepts together: the best single unit against all of them for each concept, and of
/// the chosen one the IoU against the number of units, its strongest units, and its neighbours, also of sums.
class VectorsPage : public QWidget {
  Q_OBJECT
 public:
  explicit VectorsPage(QWidget* parent = nullptr);

  struct Choice {
    QString conceptName, plus, minus;
    int unit = -1;
    bool operator==(const Choice&) const = default;
  };
  /// A concept that is not there shows the first.
  void show(const Net2VecPtr& vectors, const Choice& choice);
  QTableWidget* table() const { return table_; }
  CurveChart* curve() const { return curve_; }
  BarList* strongest() const { return strongest_; }
  BarList* nearest() const { return nearest_; }
  QComboBox* plus() const { return plus_; }
  QComboBox* minus() const { return minus_; }
  /// A line for each concept and number of units.
  QString csv() const;

 Q_SIGNALS:
  void conceptPicked(const QString& name);
  void sumPicked(const QString& plus, const QString& minus);
  void unitPicked(int unit);
  void unitOpened(int unit);

 private:
  void fillTable();
  void showConcept();
  void showNeighbours();

  Net2VecPtr vectors_;
  Choice choice_;
  int index_ = -1;
  bool silent_ = false;
  QTableWidget* table_;
  CurveChart* curve_;
  QLabel* unitsCaption_;
  BarList* strongest_;
  QLabel* formula_;
  QComboBox* plus_;
  QComboBox* minus_;
  BarList* nearest_;
};

}  // namespace unitscope
