#pragma once

#include <QAbstractItemModel>
#include <QHash>
#include <QString>
#include <QVector>

namespace unitscope {

/// A layer as plain text and numbers. `parent` is the name of the row it stands under, empty at the top; a parent
/// that is not itself a row is made as a heading from the name's dots.
struct LayerRow {
  QString name;           ///< full, unique: "features.12.expand3x3"
  QString parent;         ///< "features.12"
  QString operatorName;   ///< "Conv"
  QString shape;          ///< "[1, 512, 13, 13]"
  qint64 parameters = 0;  ///< own and its children's
  bool plumbing = false;  ///< reshapes, constants: hidden unless asked for
};

/// Layers as a tree of names, operators, shapes and parameter counts.
class LayerTreeModel : public QAbstractItemModel {
  Q_OBJECT
 public:
  enum Column { Name, Operator, Shape, Parameters, ColumnCount };
  enum Role { FullNameRole = Qt::UserRole, PlumbingRole, HeadingRole, SearchRole };

  explicit LayerTreeModel(QObject* parent = nullptr);

  void setRows(const QVector<LayerRow>& rows);
  /// Shapes are often known later than names.
  void setShape(const QString& name, const QString& shape);
  QModelIndex indexOf(const QString& name) const;

  QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
  QModelIndex parent(const QModelIndex& child) const override;
  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  struct Node {
    LayerRow row;
    int parent = -1;
    int place = 0;  ///< among its siblings
    bool heading = false;
    QVector<int> children;
  };
  int addNode(const LayerRow& row, bool heading);
  int nodeOf(const QModelIndex& index) const;

  QVector<Node> nodes_;
  QVector<int> top_;
  QHash<QString, int> byName_;
};

/// "1.2 M", "66 k", "512"; nothing for zero.
QString shortCount(qint64 count);

}  // namespace unitscope
