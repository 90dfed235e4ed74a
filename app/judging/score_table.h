#pragma once

#include <QTableView>

#include "app/judging/score_table_model.h"

namespace unitscope {

/// Methods against metrics, sorted by a click on a heading.
class ScoreTable : public QTableView {
  Q_OBJECT
 public:
  explicit ScoreTable(const QString& name, QWidget* parent = nullptr);

  ScoreTableModel* scores() const { return scores_; }
  /// What the cell says, by ids; empty where there is no such cell.
  QString text(const QString& method, const QString& metric) const;

 Q_SIGNALS:
  void methodPicked(const QString& method);

 private:
  ScoreTableModel* scores_;
};

}  // namespace unitscope
