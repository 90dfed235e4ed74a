#include "app/catalogue/catalogue_model.h"

#include <QLocale>

#include "app/catalogue/download_queue.h"
#include "widgets/icons.h"

namespace unitscope {

namespace {

QVariant alignment(int column) {
  if (column == CatalogueModel::Year) return QVariant::fromValue(Qt::Alignment(Qt::AlignCenter));
  const bool number = column == CatalogueModel::Size || column == CatalogueModel::Accuracy;
  return QVariant::fromValue((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
}

}  // namespace

QString stateText(const DownloadStatus& status) {
  using State = DownloadStatus::State;
  switch (status.state) {
    case State::Here: return CatalogueModel::tr("here");
    case State::Waiting: return CatalogueModel::tr("waiting");
    case State::Running: return CatalogueModel::tr("downloading %1 %").arg(status.percent());
    case State::Unfinished:
      return status.problem.isEmpty() ? CatalogueModel::tr("stopped at %1 %").arg(status.percent())
                                      : CatalogueModel::tr("failed at %1 %").arg(status.percent());
    case State::Absent: break;
  }
  return status.problem.isEmpty() ? CatalogueModel::tr("not here") : CatalogueModel::tr("failed");
}

QString countText(quint64 count) {
  const QLocale locale;
  if (count >= 1'000'000) return CatalogueModel::tr("%1 million").arg(locale.toString(double(count) / 1e6, 'f', 1));
  return locale.toString(count);
}

CatalogueModel::CatalogueModel(DownloadQueue& queue, QObject* parent) : QAbstractTableModel(parent), queue_(queue) {
  connect(&queue, &DownloadQueue::changed, this,
          [this](int row) { Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1)); });
}

int CatalogueModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(queue_.catalogue().entries.size());
}

int CatalogueModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : ColumnCount;
}

QString CatalogueModel::text(int row, int column) const {
  const CatalogueEntry& entry = queue_.catalogue().entries[static_cast<std::size_t>(row)];
  const QLocale locale;
  switch (column) {
    case Name: return QString::fromStdString(entry.title);
    case Size: return locale.formattedDataSize(qint64(entry.size()), 1);
    case Accuracy: return entry.top1 ? tr("%1 %").arg(locale.toString(*entry.top1, 'f', 1)) : tr("not stated");
    case Year: return QString::number(entry.year);
    case LicenceName: return QString::fromStdString(entry.licence.name);
    case State: return stateText(queue_.status(row));
    default: return {};
  }
}

QVariant CatalogueModel::sortKey(int row, int column) const {
  const CatalogueEntry& entry = queue_.catalogue().entries[static_cast<std::size_t>(row)];
  if (column == Size) return static_cast<qulonglong>(entry.size());
  if (column == Accuracy) return entry.top1.value_or(-1);
  if (column == Year) return entry.year;
  return text(row, column);
}

QVariant CatalogueModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  const int row = index.row();
  const CatalogueEntry& entry = queue_.catalogue().entries[static_cast<std::size_t>(row)];
  switch (role) {
    case Qt::DisplayRole: return text(row, index.column());
    case Qt::TextAlignmentRole: return alignment(index.column());
    case Qt::DecorationRole: {
      if (index.column() != State) return {};
      const DownloadStatus status = queue_.status(row);
      if (status.state == DownloadStatus::State::Here) return themedIcon(QStringLiteral("check"));
      if (status.state == DownloadStatus::State::Running) return themedIcon(QStringLiteral("download"));
      return status.problem.isEmpty() ? QVariant() : themedIcon(QStringLiteral("warning"));
    }
    case Qt::ToolTipRole: {
      if (index.column() == State) return queue_.status(row).problem;
      if (index.column() == Accuracy) return QString::fromStdString(queue_.catalogue().accuracySource);
      return index.column() == LicenceName ? QString::fromStdString(entry.licence.terms) : QString();
    }
    case SortRole: return sortKey(row, index.column());
    case SearchRole:
      return QString::fromStdString(entry.title + ' ' + entry.id + ' ' + entry.architecture + ' ' + entry.file + ' ' +
                                    entry.paper + ' ' + entry.licence.name + ' ' + std::to_string(entry.year));
    default: return {};
  }
}

QVariant CatalogueModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole) return alignment(section);
  if (role == Qt::ToolTipRole && section == Accuracy) {
    return tr("Top-1: %1").arg(QString::fromStdString(queue_.catalogue().accuracySource));
  }
  if (role != Qt::DisplayRole) return {};
  switch (section) {
    case Name: return tr("Network");
    case Size: return tr("Size");
    case Accuracy: return tr("Accuracy");
    case Year: return tr("Year");
    case LicenceName: return tr("Licence");
    case State: return tr("State");
    default: return {};
  }
}

CatalogueFilter::CatalogueFilter(QObject* parent) : QSortFilterProxyModel(parent) {
  setSortRole(CatalogueModel::SortRole);
  setSortLocaleAware(true);
}

void CatalogueFilter::setWords(const QString& text) {
  words_ = text.split(' ', Qt::SkipEmptyParts);
  invalidateFilter();
}

bool CatalogueFilter::filterAcceptsRow(int row, const QModelIndex& parent) const {
  const QString text = sourceModel()->index(row, 0, parent).data(CatalogueModel::SearchRole).toString();
  return std::all_of(words_.begin(), words_.end(),
                     [&](const QString& word) { return text.contains(word, Qt::CaseInsensitive); });
}

}  // namespace unitscope
