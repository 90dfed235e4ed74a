#pragma once

#include <QString>
#include <QVector>
#include <QWidget>

#include "widgets/layer_tree_model.h"

class QCheckBox;
class QLabel;
class QLineEdit;
class QSortFilterProxyModel;
class QTreeView;

namespace unitscope {

/// A searchable tree of layers. Plumbing is hidden until its box is ticked.
class LayerTree : public QWidget {
  Q_OBJECT
 public:
  explicit LayerTree(QWidget* parent = nullptr);
  ~LayerTree() override;

  void setRows(const QVector<LayerRow>& rows);
  void setShape(const QString& name, const QString& shape);
  /// Makes the columns as wide as what is in them; for when shapes have come.
  void fitColumns();
  /// Selects and shows the layer without telling of it; an unknown name clears the selection.
  void select(const QString& name);
  QString selected() const;
  void setFilter(const QString& text);
  void setPlumbingShown(bool shown);
  /// Names in the order in which they can be seen now, folded ones included.
  QStringList shownNames() const;
  QTreeView* view() const { return view_; }

 Q_SIGNALS:
  /// The user moved to a layer (headings included; they are scopes that may name a layer too).
  void layerSelected(const QString& name);
  /// Double click or Enter.
  void layerActivated(const QString& name);

 private:
  class Filter;
  void applyFilter();

  LayerTreeModel* model_;
  Filter* filter_;
  QLineEdit* search_;
  QCheckBox* plumbing_;
  QLabel* nothing_;
  QTreeView* view_;
  bool silent_ = false;
};

}  // namespace unitscope
