#include "app/neurons/unit_maps.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace unitscope {

namespace {

constexpr std::int64_t kMostUnits = 10'000'000;

std::int64_t squareRoot(std::int64_t n) {
  const auto root = std::int64_t(std::lround(std::sqrt(double(n))));
  return root * root == n ? root : 0;
}

}  // namespace

UnitAxes unitAxesOf(const Shape& shape) {
  UnitAxes axes;
  for (const std::int64_t size : shape)
    if (size < 1 || size > kMostUnits) return axes;
  if (shape.size() == 4) return {shape[1], shape[2], shape[3], false, 0};
  if (shape.size() == 2) return {shape[1], 1, 1, false, 0};
  if (shape.size() != 3) return axes;
  axes.units = shape[2];
  axes.unitsLast = true;
  const std::int64_t tokens = shape[1];
  if (const std::int64_t side = squareRoot(tokens); side > 0) {
    axes.height = axes.width = side;
  } else if (const std::int64_t rest = tokens > 1 ? squareRoot(tokens - 1) : 0; rest > 0) {
    axes.height = axes.width = rest;
    axes.skipped = 1;
  } else {
    axes.height = 1;
    axes.width = tokens;
  }
  return axes;
}

UnitMaps::UnitMaps(Array value) : value_(std::move(value)), axes_(unitAxesOf(value_.shape)) {
  const std::int64_t places = axes_.height * axes_.width;
  const std::int64_t needed = axes_.unitsLast ? (places + axes_.skipped) * axes_.units : places * axes_.units;
  if (std::int64_t(value_.values.size()) < needed) axes_.units = 0;
  float low = std::numeric_limits<float>::infinity(), high = -low;
  largest_.reserve(std::size_t(axes_.units));
  for (std::int64_t unit = 0; unit < axes_.units; ++unit) {
    float most = -std::numeric_limits<float>::infinity();
    for (std::int64_t y = 0; y < axes_.height; ++y)
      for (std::int64_t x = 0; x < axes_.width; ++x) {
        const float v = at(unit, y, x);
        if (!std::isfinite(v)) continue;
        most = std::max(most, v);
        low = std::min(low, v);
        high = std::max(high, v);
      }
    largest_.push_back(most);
  }
  if (low < high) range_ = {low, high};
}

float UnitMaps::at(std::int64_t unit, std::int64_t y, std::int64_t x) const {
  const std::int64_t place = y * axes_.width + x;
  const std::int64_t index =
      axes_.unitsLast ? (place + axes_.skipped) * axes_.units + unit : unit * axes_.height * axes_.width + place;
  return value_.values[std::size_t(index)];
}

HeatMap UnitMaps::map(std::int64_t unit) const {
  HeatMap map;
  map.height = int(axes_.height);
  map.width = int(axes_.width);
  map.values.reserve(std::size_t(axes_.height * axes_.width));
  for (std::int64_t y = 0; y < axes_.height; ++y)
    for (std::int64_t x = 0; x < axes_.width; ++x) map.values.push_back(at(unit, y, x));
  return map;
}

}  // namespace unitscope
