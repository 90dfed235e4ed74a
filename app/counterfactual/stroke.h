#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <QJsonObject>
#include <QPointF>

#include "app/document.h"

namespace unitscope {

/// One movement of the brush. Lengths are fractions of the picture that the network sees (the radius, of its shorter
/// side), so that a stroke keeps its place where another network looks at the picture in another resolution.
struct Stroke {
  enum class Fill {
    Blur,     ///< the blurred original
    Mean,     ///< the colour that is zero after normalisation
    Inpaint,  ///< what the surroundings suggest
    Copy,     ///< the same place of another picture
    Restore,  ///< the original: the eraser
  };
  Fill fill = Fill::Blur;
  double radius = 0.06;
  double softness = 0.3;
  std::vector<QPointF> points;
  ImageId source = 0;  ///< Copy: the other picture
  ImagePtr copied;     ///< Copy: that picture as the network sees it
};

using StrokePtr = std::shared_ptr<const Stroke>;
using Strokes = std::vector<StrokePtr>;

QString fillId(Stroke::Fill fill);
std::optional<Stroke::Fill> fillFromId(const QString& id);

/// Without its pixels: whoever reads it looks up `source` (an index into the session's pictures) again.
QJsonObject strokeToJson(const Stroke& stroke, int source);
/// Nothing for what is no stroke. `source` receives the index, -1 without one.
std::optional<Stroke> strokeFromJson(const QJsonObject& json, int& source);

}  // namespace unitscope
