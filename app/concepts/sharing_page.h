#pragma once

#include <QWidget>

#include "app/concepts/concept_knowledge.h"

class QLabel;

namespace unitscope {

class HeatMatrix;

/// Which units are shared by which concepts, as a matrix: along a row one unit for many concepts, down a column one
/// concept's many units. Units that no concept has among its strongest are left out, the most shared come first.
class SharingPage : public QWidget {
  Q_OBJECT
 public:
  explicit SharingPage(QWidget* parent = nullptr);

  void show(const Net2VecPtr& vectors, const QString& conceptName, int unit);
  HeatMatrix* matrix() const { return matrix_; }
  int unitOf(int row) const { return row < 0 || std::size_t(row) >= units_.size() ? -1 : units_[std::size_t(row)]; }
  QString csv() const;

 Q_SIGNALS:
  void cellPicked(int unit, const QString& conceptName);

 private:
  Net2VecPtr vectors_;
  std::vector<int> units_;  ///< of the rows
  QLabel* caption_;
  HeatMatrix* matrix_;
};

}  // namespace unitscope
