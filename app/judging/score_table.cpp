#include "app/judging/score_table.h"

#include <QHeaderView>
#include <QSortFilterProxyModel>

namespace unitscope {

ScoreTable::ScoreTable(const QString& name, QWidget* parent) : QTableView(parent), scores_(new ScoreTableModel(this)) {
  auto* sorted = new QSortFilterProxyModel(this);
  sorted->setSourceModel(scores_);
  sorted->setSortRole(ScoreTableModel::kSortRole);
  setModel(sorted);
  setSelectionBehavior(QAbstractItemView::SelectRows);
  setSelectionMode(QAbstractItemView::SingleSelection);
  setEditTriggers(QAbstractItemView::NoEditTriggers);
  setShowGrid(false);
  setTabKeyNavigation(false);
  setAccessibleName(name);
  verticalHeader()->hide();
  verticalHeader()->setDefaultSectionSize(int(fontMetrics().height() * 1.6));
  horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
  horizontalHeader()->setHighlightSections(false);
  horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
  setSortingEnabled(true);
  connect(selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& row) {
    if (row.isValid()) Q_EMIT methodPicked(row.data(ScoreTableModel::kIdRole).toString());
  });
}

QString ScoreTable::text(const QString& method, const QString& metric) const {
  const auto& metrics = scores_->metrics();
  for (int row = 0; row < scores_->rowCount(); ++row) {
    if (scores_->rows()[row].id != method) continue;
    for (std::size_t m = 0; m < metrics.size(); ++m)
      if (metrics[m].id == metric.toStdString()) return scores_->index(row, int(m) + 1).data().toString();
  }
  return {};
}

}  // namespace unitscope
