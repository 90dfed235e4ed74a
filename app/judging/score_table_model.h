#pragma once

#include <limits>
#include <vector>

#include <QAbstractTableModel>
#include <QVector>

#include "judging/judge.h"

namespace unitscope {

/// What one metric says of one method; NaN where nothing does.
struct ScoreCell {
  double value = std::numeric_limits<double>::quiet_NaN();
  double half = std::numeric_limits<double>::quiet_NaN();  ///< of the confidence interval, where there is one
  qint64 count = 0;                                        ///< pictures
};

struct ScoreRow {
  QString id, title, help;
  QString settings, map;  ///< for the file
  bool control = false;
  QString problem;  ///< why there is nothing
  double seconds = 0.0;
  QVector<ScoreCell> cells;  ///< one a metric
};

/// Methods against metrics. The best of each metric stand out, all that look equal; controls do
/// not compete.
class ScoreTableModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  static constexpr int kSortRole = Qt::UserRole;    ///< a number, or the title; nothing where there is none
  static constexpr int kIdRole = Qt::UserRole + 1;  ///< of the method
  static constexpr int kBestRole = Qt::UserRole + 2;

  using QAbstractTableModel::QAbstractTableModel;
  /// Keeps selection and scroll position where rows and columns stay the same.
  void setTable(const std::vector<MetricInfo>& metrics, const QVector<ScoreRow>& rows);
  const std::vector<MetricInfo>& metrics() const { return metrics_; }
  const QVector<ScoreRow>& rows() const { return rows_; }
  /// One line a method; intervals in columns of their own where there are any.
  QString csv() const;

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

 private:
  void findBest();

  std::vector<MetricInfo> metrics_;
  QVector<ScoreRow> rows_;
  QVector<double> best_;  // of each metric, NaN for none
};

/// The metric of this id; null for none.
const MetricInfo* findMetric(const std::vector<MetricInfo>& metrics, const QString& id);
/// What it does, whose it is and how it is to be read, for a tooltip.
QString metricHelp(const MetricInfo& metric);

}  // namespace unitscope
