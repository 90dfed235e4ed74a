#include "app/attribution/heat_picture.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "app/image_convert.h"
#include "engine/preprocess.h"
#include "image/resample.h"
#include "runtime/error.h"

namespace unitscope {

namespace {

// Gradients have a few extreme places that would leave the rest without colour.
constexpr double kOutliers = 0.005;

}  // namespace

QVector<QRgb> colorsOf(ColorMap map) {
  QVector<QRgb> colors;
  for (const Rgb& color : colorTable(map)) colors.append(qRgb(color.r, color.g, color.b));
  return colors;
}

double HeatPicture::valueAt(QPointF place) const {
  if (map.width < 1 || map.height < 1) return std::numeric_limits<double>::quiet_NaN();
  const int x = std::clamp(int(place.x() * map.width), 0, map.width - 1);
  const int y = std::clamp(int(place.y() * map.height), 0, map.height - 1);
  return map.values[std::size_t(y) * std::size_t(map.width) + std::size_t(x)];
}

HeatPicture makeHeatPicture(const AttributionResult& result, bool isSigned, const HeatLook& look) {
  const Array& array = result.answer.map;
  if (array.shape.size() != 4)
    throw Error("heatmap", "has the shape " + toString(array.shape) + ", which is no picture");
  HeatPicture picture;
  picture.seen = toQImage(*result.prepared.seen);
  picture.map =
      collapseChannels(array.values, array.shape[0] * array.shape[1], array.shape[2], array.shape[3], look.absolute);
  const bool plain = look.absolute || !isSigned;
  HeatPaint paint;
  paint.colors = plain ? look.plain : ColorMap::Diverging;
  paint.absolute = look.absolute;
  paint.outliers = kOutliers;
  if (plain) paint.range = HeatPaint::Range::MinMax;
  picture.range = heatRange(picture.map.values, paint);
  if (plain && picture.range.low > 0) picture.range.low = 0;  // the scale of magnitudes begins at nothing
  for (const float value : picture.map.values) {
    picture.clipped = picture.clipped || value < picture.range.low || value > picture.range.high;
  }
  HeatMap large;
  large.width = picture.seen.width();
  large.height = picture.seen.height();
  large.values = resizeFloats(picture.map.values, picture.map.width, picture.map.height, large.width, large.height);
  picture.overlay = toQImage(paintHeat(large, paint, picture.range));
  picture.colors = colorsOf(paint.colors);
  return picture;
}

QVector<AnswerImage> answerImages(const AttributionAnswer& answer, ModelCard card) {
  card.channelsLast = false;  // methods give pictures as [1,C,H,W], whatever the network's own order
  QVector<AnswerImage> images;
  for (const AnswerPicture& picture : answer.pictures) {
    try {
      images.append({QString::fromStdString(picture.title), toQImage(pictureOfInput(picture.picture, card))});
    } catch (const Error&) {
      // The map is there all the same.
    }
  }
  return images;
}

}  // namespace unitscope
