#pragma once

#include <QImage>
#include <QPointF>
#include <QVector>

#include "app/engine_bridge.h"
#include "image/heat.h"

namespace unitscope {

/// How the workspace shows its maps.
struct HeatLook {
  bool absolute = false;
  ColorMap plain = ColorMap::Viridis;  ///< of maps without sign
  bool operator==(const HeatLook&) const = default;
};

/// A picture that a method gives with its map: "what the network still needs".
struct AnswerImage {
  QString title;
  QImage picture;
};

/// A result made ready to be seen.
struct HeatPicture {
  QImage seen;     ///< the picture as the network saw it
  QImage overlay;  ///< the map in colours, as large as `seen`
  HeatMap map;     ///< in the method's own resolution
  HeatRange range;
  bool clipped = false;  ///< values beyond the range exist
  QVector<QRgb> colors;
  QVector<AnswerImage> pictures;  ///< see answerImages()

  /// The map's own value at a place given as fractions of the picture.
  double valueAt(QPointF place) const;
};

/// Colours of a map from low to high.
QVector<QRgb> colorsOf(ColorMap map);
/// Paints a result; for a worker thread. Signed maps keep their sign unless `look` asks for magnitudes. Throws Error
/// for a map that is no picture.
HeatPicture makeHeatPicture(const AttributionResult& result, bool isSigned, const HeatLook& look);
/// The answer's own pictures as the network of this card sees them; for a worker thread. One that is no picture is
/// left out.
QVector<AnswerImage> answerImages(const AttributionAnswer& answer, ModelCard card);

}  // namespace unitscope
