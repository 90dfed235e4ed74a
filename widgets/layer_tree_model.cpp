#include "widgets/layer_tree_model.h"

#include <QGuiApplication>
#include <QLocale>
#include <QPalette>

#include "widgets/theme.h"

namespace unitscope {

LayerTreeModel::LayerTreeModel(QObject* parent) : QAbstractItemModel(parent) {}

void LayerTreeModel::setRows(const QVector<LayerRow>& rows) {
  beginResetModel();
  nodes_.clear();
  top_.clear();
  byName_.clear();
  QHash<QString, const LayerRow*> given;
  for (const LayerRow& row : rows) given.insert(row.name, &row);
  for (const LayerRow& row : rows) {
    if (byName_.contains(row.name)) continue;
    // Ancestors come first, as rows of their own where they were given and as headings where not. A cycle among the
    // parents ends where a name comes up again.
    QVector<LayerRow> chain{row};
    for (QString up = row.parent; !up.isEmpty() && !byName_.contains(up);) {
      for (const LayerRow& seen : chain)
        if (seen.name == up) up.clear();
      if (up.isEmpty()) break;
      LayerRow heading;
      heading.name = up;
      const auto dot = up.lastIndexOf(QLatin1Char('.'));
      if (dot > 0) heading.parent = up.left(dot);
      chain.append(given.contains(up) ? *given.value(up) : heading);
      up = chain.back().parent;
    }
    for (auto it = chain.crbegin(); it != chain.crend(); ++it) addNode(*it, !given.contains(it->name));
  }
  endResetModel();
}

int LayerTreeModel::addNode(const LayerRow& row, bool heading) {
  const int id = int(nodes_.size());
  Node node{row, byName_.value(row.parent, -1), 0, heading, {}};
  QVector<int>& siblings = node.parent < 0 ? top_ : nodes_[node.parent].children;
  node.place = int(siblings.size());
  siblings.append(id);
  byName_.insert(row.name, id);
  nodes_.append(node);
  return id;
}

void LayerTreeModel::setShape(const QString& name, const QString& shape) {
  const QModelIndex found = indexOf(name);
  if (!found.isValid()) return;
  nodes_[nodeOf(found)].row.shape = shape;
  const QModelIndex cell = found.siblingAtColumn(Shape);
  Q_EMIT dataChanged(cell, cell);
}

QModelIndex LayerTreeModel::indexOf(const QString& name) const {
  const int id = byName_.value(name, -1);
  return id < 0 ? QModelIndex() : createIndex(nodes_[id].place, 0, quintptr(id));
}

int LayerTreeModel::nodeOf(const QModelIndex& index) const {
  return index.isValid() ? int(index.internalId()) : -1;
}

QModelIndex LayerTreeModel::index(int row, int column, const QModelIndex& parent) const {
  if (!hasIndex(row, column, parent)) return {};
  const int up = nodeOf(parent);
  return createIndex(row, column, quintptr(up < 0 ? top_[row] : nodes_[up].children[row]));
}

QModelIndex LayerTreeModel::parent(const QModelIndex& child) const {
  const int id = nodeOf(child);
  const int up = id < 0 ? -1 : nodes_[id].parent;
  return up < 0 ? QModelIndex() : createIndex(nodes_[up].place, 0, quintptr(up));
}

int LayerTreeModel::rowCount(const QModelIndex& parent) const {
  if (parent.column() > 0) return 0;
  const int id = nodeOf(parent);
  return int(id < 0 ? top_.size() : nodes_[id].children.size());
}

int LayerTreeModel::columnCount(const QModelIndex&) const {
  return ColumnCount;
}

QVariant LayerTreeModel::data(const QModelIndex& index, int role) const {
  const int id = nodeOf(index);
  if (id < 0) return {};
  const Node& node = nodes_[id];
  const LayerRow& row = node.row;
  switch (role) {
    case Qt::DisplayRole:
      if (index.column() == Name) {
        const bool below = node.parent >= 0 && row.name.startsWith(nodes_[node.parent].row.name + QLatin1Char('.'));
        return below ? row.name.mid(nodes_[node.parent].row.name.size() + 1) : row.name;
      }
      if (index.column() == Operator) return row.operatorName;
      if (index.column() == Shape) return row.shape;
      return shortCount(row.parameters);
    case Qt::ToolTipRole: {
      QString text = row.name;
      if (!row.operatorName.isEmpty()) text += QStringLiteral("\n") + row.operatorName;
      if (!row.shape.isEmpty()) text += QStringLiteral("  ") + row.shape;
      if (row.parameters > 0)
        text += QStringLiteral("\n") + tr("%1 parameters").arg(QLocale().toString(row.parameters));
      return text;
    }
    case Qt::TextAlignmentRole:
      return index.column() == Parameters ? QVariant(Qt::AlignRight | Qt::AlignVCenter)
                                          : QVariant(Qt::AlignLeft | Qt::AlignVCenter);
    case Qt::ForegroundRole:
      if (index.column() != Name || node.heading || row.plumbing)
        return themeColors(QGuiApplication::palette()).mutedText;
      return {};
    case Qt::AccessibleTextRole:
      return index.column() == Name ? tr("%1, %2, %3").arg(row.name, row.operatorName, row.shape) : QVariant();
    case FullNameRole: return row.name;
    case PlumbingRole: return row.plumbing;
    case HeadingRole: return node.heading;
    case SearchRole: return QString(row.name + QLatin1Char(' ') + row.operatorName + QLatin1Char(' ') + row.shape);
    default: return {};
  }
}

QVariant LayerTreeModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole)
    return section == Parameters ? QVariant(Qt::AlignRight | Qt::AlignVCenter)
                                 : QVariant(Qt::AlignLeft | Qt::AlignVCenter);
  if (role != Qt::DisplayRole) return {};
  switch (section) {
    case Name: return tr("Layer");
    case Operator: return tr("Operator");
    case Shape: return tr("Shape");
    case Parameters: return tr("Weights");
    default: return {};
  }
}

QString shortCount(qint64 count) {
  if (count <= 0) return {};
  const auto text = [](double value, const char* unit) {
    return QLocale().toString(value, 'f', value < 10 ? 1 : 0) + QLatin1String(unit);
  };
  if (count >= 1'000'000'000) return text(double(count) / 1e9, " G");
  if (count >= 1'000'000) return text(double(count) / 1e6, " M");
  if (count >= 10'000) return text(double(count) / 1e3, " k");
  return QLocale().toString(count);
}

}  // namespace unitscope
