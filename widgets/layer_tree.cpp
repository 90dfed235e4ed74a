#include "widgets/layer_tree.h"

#include <functional>

#include <QCheckBox>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QLabel>
#include <QLineEdit>
#include <QSortFilterProxyModel>
#include <QTreeView>
#include <QVBoxLayout>

#include "widgets/icons.h"

namespace unitscope {

// Keeps rows that match every word typed, and what stands above or below them.
class LayerTree::Filter : public QSortFilterProxyModel {
 public:
  using QSortFilterProxyModel::QSortFilterProxyModel;

  void set(const QStringList& words, bool plumbing) {
    words_ = words;
    plumbing_ = plumbing;
    invalidateFilter();
  }

 protected:
  bool filterAcceptsRow(int row, const QModelIndex& parent) const override {
    const QModelIndex index = sourceModel()->index(row, 0, parent);
    if (!plumbing_ && index.data(LayerTreeModel::PlumbingRole).toBool()) return false;
    // A heading stays only for what is below it, which recursive filtering sees to.
    if (index.data(LayerTreeModel::HeadingRole).toBool()) return false;
    const QString text = index.data(LayerTreeModel::SearchRole).toString();
    for (const QString& word : words_)
      if (!text.contains(word, Qt::CaseInsensitive)) return false;
    return true;
  }

 private:
  QStringList words_;
  bool plumbing_ = false;
};

LayerTree::LayerTree(QWidget* parent) : QWidget(parent) {
  model_ = new LayerTreeModel(this);
  filter_ = new Filter(this);
  filter_->setRecursiveFilteringEnabled(true);
  filter_->setSourceModel(model_);

  search_ = new QLineEdit;
  search_->setPlaceholderText(tr("Search layers"));
  search_->setAccessibleName(tr("Search layers by name, operator or shape"));
  search_->setClearButtonEnabled(true);
  search_->addAction(themedIcon(QStringLiteral("search")), QLineEdit::LeadingPosition);
  plumbing_ = new QCheckBox(tr("Show plumbing"));
  plumbing_->setToolTip(tr("Also list reshapes, constants and other nodes that only carry values on"));
  nothing_ = new QLabel(tr("No layer matches."));
  nothing_->setAlignment(Qt::AlignCenter);
  nothing_->hide();

  view_ = new QTreeView;
  view_->setModel(filter_);
  view_->setUniformRowHeights(true);
  view_->setAlternatingRowColors(true);
  view_->setAllColumnsShowFocus(true);
  view_->setIndentation(14);
  view_->setAccessibleName(tr("Layers of the model"));
  view_->setTextElideMode(Qt::ElideMiddle);
  view_->header()->setStretchLastSection(false);
  view_->header()->setSectionResizeMode(QHeaderView::Interactive);
  view_->header()->setMinimumSectionSize(36);
  // The shape says most; it stands where a narrow panel still shows it.
  view_->header()->moveSection(LayerTreeModel::Shape, LayerTreeModel::Operator);
  view_->setEditTriggers(QAbstractItemView::NoEditTriggers);

  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(4, 4, 4, 4);
  column->setSpacing(4);
  column->addWidget(search_);
  column->addWidget(view_, 1);
  column->addWidget(nothing_);
  column->addWidget(plumbing_);
  setFocusProxy(view_);

  connect(search_, &QLineEdit::textChanged, this, &LayerTree::applyFilter);
  connect(plumbing_, &QCheckBox::toggled, this, &LayerTree::applyFilter);
  connect(search_, &QLineEdit::returnPressed, view_, qOverload<>(&QWidget::setFocus));
  connect(view_->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& now) {
    if (!silent_ && now.isValid()) Q_EMIT layerSelected(now.data(LayerTreeModel::FullNameRole).toString());
  });
  connect(view_, &QTreeView::activated, this, [this](const QModelIndex& index) {
    Q_EMIT layerActivated(index.data(LayerTreeModel::FullNameRole).toString());
  });
}

LayerTree::~LayerTree() = default;

void LayerTree::setRows(const QVector<LayerRow>& rows) {
  const QString before = selected();
  silent_ = true;
  model_->setRows(rows);
  applyFilter();
  view_->expandToDepth(0);
  fitColumns();
  silent_ = false;
  select(before);
}

void LayerTree::fitColumns() {
  for (int column = 0; column < LayerTreeModel::ColumnCount; ++column) view_->resizeColumnToContents(column);
  view_->setColumnWidth(0, qBound(110, view_->columnWidth(0) + 8, 240));
}

void LayerTree::setShape(const QString& name, const QString& shape) {
  model_->setShape(name, shape);
}

void LayerTree::select(const QString& name) {
  silent_ = true;
  const QModelIndex index = filter_->mapFromSource(model_->indexOf(name));
  if (index.isValid()) {
    view_->setCurrentIndex(index);
    view_->scrollTo(index);
  } else {
    view_->selectionModel()->clear();
  }
  silent_ = false;
}

QString LayerTree::selected() const {
  return view_->currentIndex().data(LayerTreeModel::FullNameRole).toString();
}

void LayerTree::setFilter(const QString& text) {
  search_->setText(text);
}

void LayerTree::setPlumbingShown(bool shown) {
  plumbing_->setChecked(shown);
}

QStringList LayerTree::shownNames() const {
  QStringList names;
  const std::function<void(const QModelIndex&)> walk = [&](const QModelIndex& parent) {
    for (int row = 0; row < filter_->rowCount(parent); ++row) {
      const QModelIndex index = filter_->index(row, 0, parent);
      names.append(index.data(LayerTreeModel::FullNameRole).toString());
      walk(index);
    }
  };
  walk({});
  return names;
}

void LayerTree::applyFilter() {
  const QStringList words = search_->text().split(QLatin1Char(' '), Qt::SkipEmptyParts);
  filter_->set(words, plumbing_->isChecked());
  if (!words.isEmpty()) view_->expandAll();
  nothing_->setVisible(filter_->rowCount() == 0 && model_->rowCount() > 0);
}

}  // namespace unitscope
