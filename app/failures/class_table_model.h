#pragma once

#include <vector>

#include <QAbstractTableModel>
#include <QStringList>

#include "judging/failures.h"

namespace unitscope {

/// What was found about each class, one row a class, for a table that can be sorted by any column.
class ClassTableModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { Label, Without, Inside, Area, Cheating, AveragePrecision, Precision, Recall, Shown, Said, Columns };
  static constexpr int kSortRole = Qt::UserRole;       ///< a number, or the label
  static constexpr int kClassRole = Qt::UserRole + 1;  ///< index of the class

  using QAbstractTableModel::QAbstractTableModel;
  void setClasses(std::vector<ClassFindings> classes);
  const std::vector<ClassFindings>& classes() const { return classes_; }
  int rowOf(int classIndex) const;

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  std::vector<ClassFindings> classes_;
};

}  // namespace unitscope
