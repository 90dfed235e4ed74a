#pragma once

#include <memory>
#include <vector>

#include <QAbstractTableModel>

#include "graph/named_tensor.h"

namespace unitscope {

using TensorList = std::shared_ptr<const std::vector<NamedTensor>>;

/// The tensors of a file: name, shape, element type, number of elements.
class TensorTableModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { Name, ShapeOf, Type, Count, kColumns };

  explicit TensorTableModel(TensorList tensors, QObject* parent = nullptr)
      : QAbstractTableModel(parent), tensors_(std::move(tensors)) {}

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  /// Under Qt::UserRole what a column is sorted by.
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  TensorList tensors_;
};

}  // namespace unitscope
