#pragma once

#include <optional>

#include <QHash>
#include <QObject>
#include <QPoint>

#include "app/activations/activation_scene.h"
#include "app/counterfactual/turnstile.h"

namespace unitscope {

/// What a scene says about one place.
struct PlaceReading {
  ScenePtr scene;
  int picture = -1;
  QPoint cell{-1, -1};
  std::vector<UnitActivation> units;  ///< strongest first
  std::vector<QImage> unitMaps;       ///< one each, small, over the picture
  std::vector<Array> similarity;      ///< [h,w] a picture, -1..1
  std::vector<QImage> overlays;       ///< the same in colours, one pixel a place
};

/// Reads places on a thread of the pool, one after the other: of the places that the mouse passes meanwhile only the
/// newest waits, so that the window keeps up with it whatever the layer's size.
class PlaceReader : public QObject {
  Q_OBJECT
 public:
  static constexpr int kUnits = 24;
  static constexpr int kThumbnail = 44;

  explicit PlaceReader(QObject* parent = nullptr);

  void read(const ScenePtr& scene, int picture, QPoint cell);
  /// What waits is no longer wanted, and what is under way is not told of.
  void forget();
  bool busy() const { return turnstile_.busy(); }

 Q_SIGNALS:
  void answered(const unitscope::PlaceReading& reading);
  void busyChanged();

 private:
  /// Small maps of units that were seen already; only used by the one reading under way.
  struct Thumbnails {
    ScenePtr scene;
    QHash<QPair<int, int>, QImage> pictures;
  };
  static PlaceReading work(const ScenePtr& scene, int picture, QPoint cell, Thumbnails& known);

  Turnstile turnstile_;
  std::shared_ptr<Thumbnails> thumbnails_;
  int round_ = 0;
};

/// Colours of cosine similarities: from 0, or from -1 where activations have a sign.
HeatPaint similarityPaint(bool isSigned);

}  // namespace unitscope
