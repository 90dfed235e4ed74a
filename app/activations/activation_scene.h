#pragma once

#include <memory>
#include <vector>

#include <QImage>
#include <QRectF>
#include <QSize>
#include <QStringList>

#include "activations/place_maps.h"
#include "app/engine_bridge.h"
#include "image/heat.h"

namespace unitscope {

/// A layer that has places to point at.
struct PlacedLayer {
  QString name;
  QString shape;   ///< "256 units, 27 x 27 places"
  QSize cells;     ///< columns, rows
  int index = -1;  ///< among the network's layers
  std::int64_t units = 0;
};

/// Layers of the opened network with more than one place, in the network's order. Empty while shapes are unknown.
std::vector<PlacedLayer> placedLayers(const Document& document);
/// The one to begin with: the last block that still has a fair number of places, and is not the classes themselves.
QString firstPlacedLayer(const Document& document);

/// What the views of the activations workspace look at: a layer's activations on some pictures. Never changes once
/// made, so that any thread may read it.
struct ActivationScene {
  BackgroundModel model;
  QString modelName;  ///< file or name of a built-in one, for command lines
  QString layer;
  std::vector<ImageId> images;
  QStringList names;
  QStringList files;  ///< empty for pictures without one
  std::vector<Array> inputs;
  std::vector<QImage> seen;  ///< as the network sees them
  PlaceMaps maps;
  bool isSigned = false;  ///< negative activations exist
  /// What places see, along an axis: from start + place * stride on, `size` pixels.
  struct Sight {
    double start = 0.0, stride = 0.0, size = 0.0;
  };
  bool seesAll = true;  ///< every place sees the whole picture, or the graph does not tell
  Sight across, down;

  int indexOf(ImageId image) const;
  QSize cells(int picture) const;
  /// What the place sees, in fractions of the picture; null where that is all of it.
  QRectF fieldOf(int picture, QPoint cell) const;
};
using ScenePtr = std::shared_ptr<const ActivationScene>;

/// What a scene is made of.
struct SceneQuestion {
  BackgroundModel model;
  QString modelName;
  QString layer;
  std::vector<PictureEntry> pictures;
};

/// Engine thread. Throws Error for layers without units.
ScenePtr makeScene(const SceneQuestion& question, const Progress& progress, const CancelToken& cancel);

/// Any thread: how maps of a scene are painted. Maps without negative values run from 0 to `largest`; signed ones from
/// -largest to largest with zero in the middle.
HeatPaint paintOf(bool isSigned, double largest);
/// One pixel a place.
QImage paintedMap(const Array& map, const HeatPaint& paint);
/// The map over the picture, `side` pixels at most.
QImage mapOverPicture(const QImage& picture, const Array& map, const HeatPaint& paint, int side);
double largestMagnitude(const Array& map);

}  // namespace unitscope
