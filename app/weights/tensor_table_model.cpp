#include "app/weights/tensor_table_model.h"

#include <QLocale>

namespace unitscope {

int TensorTableModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(tensors_->size());
}

int TensorTableModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : kColumns;
}

QVariant TensorTableModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  const NamedTensor& tensor = (*tensors_)[static_cast<std::size_t>(index.row())];
  if (role == Qt::TextAlignmentRole && index.column() == Count) return int(Qt::AlignRight | Qt::AlignVCenter);
  if (role == Qt::UserRole && index.column() == Count) return static_cast<qlonglong>(tensor.data.count());
  if (role == Qt::ToolTipRole && index.column() == Name) return QString::fromStdString(tensor.name);
  if (role != Qt::DisplayRole && role != Qt::UserRole) return {};
  switch (index.column()) {
    case Name: return QString::fromStdString(tensor.name);
    case ShapeOf: return QString::fromStdString(toString(tensor.data.shape()));
    case Type: return QString::fromStdString(std::string(nameOf(tensor.data.dtype())));
    default: return QLocale().toString(static_cast<qlonglong>(tensor.data.count()));
  }
}

QVariant TensorTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
  switch (section) {
    case Name: return tr("Tensor");
    case ShapeOf: return tr("Shape");
    case Type: return tr("Type");
    case Count: return tr("Elements");
    default: return {};
  }
}

}  // namespace unitscope
