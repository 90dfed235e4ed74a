#pragma once

#include <QStringList>
#include <QVector>
#include <QWidget>

#include "app/activations/activation_scene.h"

namespace unitscope {

class PlaceCanvas;

/// The pictures of a scene beside one another: the current one large, the others in a column at its right.
class PictureBoard : public QWidget {
  Q_OBJECT
 public:
  explicit PictureBoard(QWidget* parent = nullptr);

  /// A null scene empties it.
  void setScene(const ScenePtr& scene, int current);
  const ScenePtr& scene() const { return scene_; }
  int current() const { return current_; }
  int count() const { return int(canvases_.size()); }
  PlaceCanvas* canvas(int picture) const { return canvases_.value(picture); }
  PlaceCanvas* currentCanvas() const { return canvases_.value(current_); }
  void setOverlays(const std::vector<QImage>& overlays);
  void setOpacity(double opacity);
  void setAllLines(bool all);
  /// The current picture with its overlay, as it is seen, at least `side` pixels wide or high.
  QImage rendered(int side) const;

  QSize sizeHint() const override { return {560, 480}; }

 Q_SIGNALS:
  void pointed(int picture, QPoint cell);
  void left();
  void picked(int picture, QPoint cell);
  void released();

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  void arrange();

  ScenePtr scene_;
  int current_ = -1;
  double opacity_ = 0.65;
  bool allLines_ = false;
  QVector<PlaceCanvas*> canvases_;
};

}  // namespace unitscope
