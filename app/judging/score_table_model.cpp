#include "app/judging/score_table_model.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <QFont>
#include <QLocale>

#include "widgets/icons.h"

namespace unitscope {

namespace {

const QString kNothing = QStringLiteral("\u2013");

QString quoted(QString text) {
  if (!text.contains(QLatin1Char(',')) && !text.contains(QLatin1Char('"')) && !text.contains(QLatin1Char('\n')))
    return text;
  return QLatin1Char('"') + text.replace(QLatin1Char('"'), QStringLiteral("\"\"")) + QLatin1Char('"');
}

}  // namespace

const MetricInfo* findMetric(const std::vector<MetricInfo>& metrics, const QString& id) {
  const auto found = std::ranges::find(metrics, id.toStdString(), &MetricInfo::id);
  return found == metrics.end() ? nullptr : &*found;
}

QString metricHelp(const MetricInfo& metric) {
  const QString reading =
      metric.higherIsBetter ? ScoreTableModel::tr("Higher is better.") : ScoreTableModel::tr("Lower is better.");
  QString help = QStringLiteral("<p>%1 %2</p>")
                     .arg(QString::fromStdString(metric.description).toHtmlEscaped(), reading.toHtmlEscaped());
  if (!metric.citation.empty())
    help += QStringLiteral("<p><i>%1</i></p>").arg(QString::fromStdString(metric.citation).toHtmlEscaped());
  return help;
}

void ScoreTableModel::setTable(const std::vector<MetricInfo>& metrics, const QVector<ScoreRow>& rows) {
  const bool same = std::ranges::equal(metrics, metrics_, {}, &MetricInfo::id, &MetricInfo::id) &&
                    std::ranges::equal(rows, rows_, {}, &ScoreRow::id, &ScoreRow::id);
  if (!same) beginResetModel();
  metrics_ = metrics;
  rows_ = rows;
  findBest();
  if (!same) {
    endResetModel();
  } else if (!rows_.isEmpty()) {
    Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
  }
}

void ScoreTableModel::findBest() {
  best_.fill(NAN, qsizetype(metrics_.size()));
  for (qsizetype m = 0; m < best_.size(); ++m) {
    const bool high = metrics_[std::size_t(m)].higherIsBetter;
    for (const ScoreRow& row : std::as_const(rows_)) {
      const double value = row.cells.value(m).value;
      if (row.control || !std::isfinite(value)) continue;
      if (std::isnan(best_[m]) || (high ? value > best_[m] : value < best_[m])) best_[m] = value;
    }
  }
}

int ScoreTableModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : int(rows_.size());
}

int ScoreTableModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : int(metrics_.size()) + 2;
}

QVariant ScoreTableModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= rowCount()) return {};
  const ScoreRow& row = rows_[index.row()];
  const int metric = index.column() - 1;
  const bool title = index.column() == 0, seconds = metric == int(metrics_.size());
  const ScoreCell cell = title || seconds ? ScoreCell() : row.cells.value(metric);
  const bool best = !title && !seconds && std::isfinite(cell.value) && rows_.size() > 1 && !row.control &&
                    std::lround(cell.value * 1000) == std::lround(best_.value(metric, NAN) * 1000);
  const QLocale locale;
  switch (role) {
    case Qt::DisplayRole:
      if (title) return row.control ? tr("%1 (control)").arg(row.title) : row.title;
      if (seconds) return row.seconds > 0 ? locale.toString(row.seconds, 'f', 2) : kNothing;
      if (!std::isfinite(cell.value)) return kNothing;
      return std::isfinite(cell.half)
                 ? QStringLiteral("%1 \u00b1 %2")
                       .arg(locale.toString(cell.value, 'f', 3), locale.toString(cell.half, 'f', 3))
                 : locale.toString(cell.value, 'f', 3);
    case kSortRole:
      if (title) return row.title;
      if (seconds) return row.seconds > 0 ? QVariant(row.seconds) : QVariant();
      return std::isfinite(cell.value) ? QVariant(cell.value) : QVariant();
    case kIdRole: return row.id;
    case kBestRole: return best;
    case Qt::FontRole: {
      QFont font;
      font.setBold(best);
      font.setItalic(row.control);
      return font;
    }
    case Qt::DecorationRole: return title && !row.problem.isEmpty() ? QVariant(themedIcon("warning")) : QVariant();
    case Qt::ToolTipRole:
      if (!row.problem.isEmpty()) return row.problem;
      if (title) return row.help;
      if (seconds || !std::isfinite(cell.value)) return {};
      return cell.count > 0 ? tr("Mean of %n pictures with its 95 % confidence interval", nullptr, int(cell.count))
                            : QString();
    case Qt::AccessibleDescriptionRole: return best ? tr("the best") : row.problem;
    case Qt::TextAlignmentRole: return QVariant(int((title ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter));
    default: return {};
  }
}

QVariant ScoreTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  const bool title = section == 0, seconds = section == int(metrics_.size()) + 1;
  if (section < 0 || section >= columnCount()) return {};
  if (role == Qt::TextAlignmentRole) return QVariant(int((title ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter));
  if (role == Qt::DisplayRole) {
    if (title) return tr("Method");
    if (seconds) return tr("Seconds");
    const MetricInfo& metric = metrics_[std::size_t(section - 1)];
    return QString::fromStdString(metric.title) +
           (metric.higherIsBetter ? QStringLiteral(" \u2191") : QStringLiteral(" \u2193"));
  }
  if (role == Qt::ToolTipRole) {
    if (title) return tr("The best of each metric stands in bold");
    if (seconds) return tr("For one heatmap");
    return metricHelp(metrics_[std::size_t(section - 1)]);
  }
  return {};
}

QString ScoreTableModel::csv() const {
  const bool intervals = std::ranges::any_of(rows_, [](const ScoreRow& row) {
    return std::ranges::any_of(row.cells, [](const ScoreCell& cell) { return std::isfinite(cell.half); });
  });
  QStringList line{"method", "settings", "map", "control", "seconds"};
  for (const MetricInfo& metric : metrics_) {
    const QString id = QString::fromStdString(metric.id);
    line << id;
    if (intervals) line << id + "_low" << id + "_high" << id + "_count";
  }
  line << "problem";
  QString text = line.join(QLatin1Char(',')) + QLatin1Char('\n');
  const auto number = [](double value) { return std::isfinite(value) ? QString::number(value, 'g', 6) : QString(); };
  for (const ScoreRow& row : rows_) {
    line = QStringList{row.id, quoted(row.settings), row.map, row.control ? "1" : "0", number(row.seconds)};
    for (qsizetype m = 0; m < qsizetype(metrics_.size()); ++m) {
      const ScoreCell cell = row.cells.value(m);
      line << number(cell.value);
      if (intervals)
        line << number(cell.value - cell.half) << number(cell.value + cell.half) << QString::number(cell.count);
    }
    line << quoted(row.problem);
    text += line.join(QLatin1Char(',')) + QLatin1Char('\n');
  }
  return text;
}

}  // namespace unitscope
