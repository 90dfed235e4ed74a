#pragma once

#include <optional>

#include <QPointF>

#include "app/attribution/heat_picture.h"
#include "app/document.h"

namespace unitscope {

/// The middle of the map's largest value, in fractions of the picture; nothing for a map without numbers.
std::optional<QPointF> hottestPlace(const HeatMap& map);

/// The focus that shows the units behind a place of a picture (in fractions of it): in `layer` where it has places,
/// else in the layer that is looked at, else in the last one with places. Nothing while the layers are not known.
std::optional<Focus> focusBehind(const Document& document, Focus now, ImageId image, const QString& layer,
                                 QPointF place);

}  // namespace unitscope
