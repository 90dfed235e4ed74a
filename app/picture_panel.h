#pragma once

#include <QWidget>

#include "app/studio.h"

class QToolButton;

namespace unitscope {

class GalleryGrid;

/// The left side's pictures as thumbnails: the current one is shared by all panes.
class PicturePanel : public QWidget {
  Q_OBJECT
 public:
  explicit PicturePanel(Studio& studio, QWidget* parent = nullptr);
  GalleryGrid& grid() { return *grid_; }
  /// Takes out what is selected here.
  void removeSelected();

 Q_SIGNALS:
  void openWanted();
  void pasteWanted();

 private:
  void showPictures();
  void follow();
  std::vector<ImageId> idsOf(const QStringList& ids) const;

  Studio& studio_;
  GalleryGrid* grid_;
  QToolButton* remove_;
};

}  // namespace unitscope
