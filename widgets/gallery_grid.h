#pragma once

#include <QListView>
#include <QStringList>

#include "widgets/gallery_model.h"

namespace unitscope {

/// Thumbnails in a grid that re-flows with the width. Only what is seen is drawn or loaded. Arrow keys move, Enter or
/// double click activates, Delete asks to remove; files and pictures may be dropped or pasted.
class GalleryGrid : public QListView {
  Q_OBJECT
 public:
  explicit GalleryGrid(QWidget* parent = nullptr);

  GalleryModel* gallery() const { return model_; }
  void setThumbnailSize(int pixels);
  int thumbnailSize() const { return thumbnailSize_; }
  /// Ids in the order shown.
  QStringList selectedIds() const;
  /// Selects without telling of it.
  void select(const QStringList& ids);
  /// Shown in the middle while there is nothing.
  void setEmptyText(const QString& text);

 Q_SIGNALS:
  void selectionChangedTo(const QStringList& ids);
  void activatedId(const QString& id);
  void removeRequested(const QStringList& ids);
  void filesDropped(const QStringList& files);
  void imageDropped(const QImage& image);

 protected:
  void keyPressEvent(QKeyEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dragMoveEvent(QDragMoveEvent* event) override;
  void dropEvent(QDropEvent* event) override;
  void selectionChanged(const QItemSelection& selected, const QItemSelection& deselected) override;

 private:
  void takeData(const QMimeData* mime);

  GalleryModel* model_;
  int thumbnailSize_ = 96;
  QString emptyText_;
  bool silent_ = false;
};

}  // namespace unitscope
