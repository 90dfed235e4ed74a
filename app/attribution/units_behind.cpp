#include "app/attribution/units_behind.h"

#include <algorithm>
#include <cmath>

#include <QSize>

namespace unitscope {

namespace {

QSize cellsOf(const Document& document, const QString& layer) {
  if (layer.isEmpty() || !document.hasModel()) return {};
  const std::vector<Layer>& layers = document.model()->layers();
  const std::vector<Shape>& shapes = document.opened().layerShapes;
  const std::string wanted = layer.toStdString();
  for (std::size_t i = 0; i < layers.size() && i < shapes.size(); ++i) {
    if (layers[i].name != wanted) continue;
    const Shape& shape = shapes[i];
    return shape.size() == 4 && shape[2] * shape[3] > 1 ? QSize(int(shape[3]), int(shape[2])) : QSize();
  }
  return {};
}

}  // namespace

std::optional<QPointF> hottestPlace(const HeatMap& map) {
  std::optional<QPointF> place;
  float largest = 0.0F;
  for (std::size_t i = 0; i < map.values.size(); ++i) {
    if (!std::isfinite(map.values[i]) || (place && map.values[i] <= largest)) continue;
    largest = map.values[i];
    place = QPointF((double(i % std::size_t(map.width)) + 0.5) / map.width,
                    (double(i / std::size_t(map.width)) + 0.5) / map.height);
  }
  return place;
}

std::optional<Focus> focusBehind(const Document& document, Focus now, ImageId image, const QString& layer,
                                 QPointF place) {
  QStringList candidates{layer, now.layer};
  for (const LayerChoice& choice : document.opened().spatialLayers) candidates << QString::fromStdString(choice.name);
  for (const QString& candidate : candidates) {
    const QSize cells = cellsOf(document, candidate);
    if (cells.isEmpty()) continue;
    if (candidate != now.layer) now.unit = -1;
    now.layer = candidate;
    now.image = image;
    now.place = {std::clamp(int(place.x() * cells.width()), 0, cells.width() - 1),
                 std::clamp(int(place.y() * cells.height()), 0, cells.height() - 1)};
    return now;
  }
  return {};
}

}  // namespace unitscope
