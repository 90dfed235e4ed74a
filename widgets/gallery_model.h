#pragma once

#include <QAbstractListModel>
#include <QImage>
#include <QSet>
#include <QString>
#include <QVector>

namespace unitscope {

/// One thumbnail. An image that is null is asked for when the item comes into view.
struct GalleryItem {
  QString id;
  QString title;
  QString subtitle;
  QImage thumbnail;
  bool failed = false;  ///< cannot be shown; subtitle says why
};

/// Pictures in a row, any number of them: thumbnails are asked for one by one as they come into view.
class GalleryModel : public QAbstractListModel {
  Q_OBJECT
 public:
  enum Role { IdRole = Qt::UserRole, SubtitleRole, ThumbnailRole, FailedRole };

  explicit GalleryModel(QObject* parent = nullptr);

  void setItems(const QVector<GalleryItem>& items);
  void append(const QVector<GalleryItem>& items);
  void remove(const QString& id);
  void setThumbnail(const QString& id, const QImage& thumbnail);
  void setSubtitle(const QString& id, const QString& subtitle);
  void setFailed(const QString& id, const QString& reason);
  QModelIndex indexOf(const QString& id) const;
  const QVector<GalleryItem>& items() const { return items_; }

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;

 Q_SIGNALS:
  /// Once per item, when its thumbnail is first wanted.
  void thumbnailNeeded(const QString& id) const;

 private:
  int find(const QString& id) const;
  void changed(int row);

  QVector<GalleryItem> items_;
  mutable QSet<QString> asked_;
};

}  // namespace unitscope
