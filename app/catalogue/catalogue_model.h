#pragma once

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>
#include <QStringList>

namespace unitscope {

class DownloadQueue;
struct DownloadStatus;

/// What a table says about how it stands with a network: "here", "downloading 42 %".
QString stateText(const DownloadStatus& status);
/// 1234567 as "1.2 million", for counts of parameters.
QString countText(quint64 count);

/// The catalogue's networks as rows of a table that follows the downloads.
class CatalogueModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { Name, Size, Accuracy, Year, LicenceName, State, ColumnCount };
  enum Role { SortRole = Qt::UserRole, SearchRole };

  explicit CatalogueModel(DownloadQueue& queue, QObject* parent = nullptr);

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  QString text(int row, int column) const;
  QVariant sortKey(int row, int column) const;

  DownloadQueue& queue_;
};

/// The rows in which every word that was typed occurs, sorted by number where the column holds numbers.
class CatalogueFilter : public QSortFilterProxyModel {
  Q_OBJECT
 public:
  explicit CatalogueFilter(QObject* parent = nullptr);
  void setWords(const QString& text);

 protected:
  bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

 private:
  QStringList words_;
};

}  // namespace unitscope
