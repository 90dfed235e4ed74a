#include "widgets/gallery_model.h"

namespace unitscope {

GalleryModel::GalleryModel(QObject* parent) : QAbstractListModel(parent) {}

void GalleryModel::setItems(const QVector<GalleryItem>& items) {
  beginResetModel();
  items_ = items;
  asked_.clear();
  endResetModel();
}

void GalleryModel::append(const QVector<GalleryItem>& items) {
  if (items.isEmpty()) return;
  beginInsertRows({}, int(items_.size()), int(items_.size() + items.size()) - 1);
  items_ += items;
  endInsertRows();
}

void GalleryModel::remove(const QString& id) {
  const int row = find(id);
  if (row < 0) return;
  beginRemoveRows({}, row, row);
  items_.remove(row);
  asked_.remove(id);
  endRemoveRows();
}

void GalleryModel::setThumbnail(const QString& id, const QImage& thumbnail) {
  const int row = find(id);
  if (row < 0) return;
  items_[row].thumbnail = thumbnail;
  items_[row].failed = false;
  changed(row);
}

void GalleryModel::setSubtitle(const QString& id, const QString& subtitle) {
  const int row = find(id);
  if (row < 0) return;
  items_[row].subtitle = subtitle;
  changed(row);
}

void GalleryModel::setFailed(const QString& id, const QString& reason) {
  const int row = find(id);
  if (row < 0) return;
  items_[row].failed = true;
  items_[row].subtitle = reason;
  changed(row);
}

QModelIndex GalleryModel::indexOf(const QString& id) const {
  const int row = find(id);
  return row < 0 ? QModelIndex() : index(row);
}

int GalleryModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : int(items_.size());
}

QVariant GalleryModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= items_.size()) return {};
  const GalleryItem& item = items_[index.row()];
  switch (role) {
    case Qt::DisplayRole: return item.title;
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole:
      return item.subtitle.isEmpty() ? item.title : item.title + QLatin1Char('\n') + item.subtitle;
    case IdRole: return item.id;
    case SubtitleRole: return item.subtitle;
    case FailedRole: return item.failed;
    case ThumbnailRole:
      if (item.thumbnail.isNull() && !item.failed && !asked_.contains(item.id)) {
        asked_.insert(item.id);
        Q_EMIT thumbnailNeeded(item.id);
      }
      return item.thumbnail;
    default: return {};
  }
}

int GalleryModel::find(const QString& id) const {
  for (int row = 0; row < items_.size(); ++row)
    if (items_[row].id == id) return row;
  return -1;
}

void GalleryModel::changed(int row) {
  Q_EMIT dataChanged(index(row), index(row));
}

}  // namespace unitscope
