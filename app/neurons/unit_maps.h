#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/array.h"
#include "image/heat.h"

namespace unitscope {

/// Which axis of a layer's value counts its units, and how its places lie.
struct UnitAxes {
  std::int64_t units = 0;
  std::int64_t height = 0, width = 0;  ///< 1 x 1 where the value has no places
  bool unitsLast = false;              ///< [N,T,C]
  std::int64_t skipped = 0;            ///< tokens before the first place: a class token
};

/// Of [N,C,H,W], [N,C] or [N,T,C] (whose tokens are places of a square, a class token aside where there is one, or of
/// a row). units is 0 for anything else.
UnitAxes unitAxesOf(const Shape& shape);

/// The units' activations on one picture.
class UnitMaps {
 public:
  /// `value` is a layer's, for one picture.
  explicit UnitMaps(Array value);

  std::int64_t units() const { return axes_.units; }
  const UnitAxes& axes() const { return axes_; }
  HeatMap map(std::int64_t unit) const;
  /// Numbers that are kept.
  std::size_t values() const { return value_.values.size(); }
  float largest(std::int64_t unit) const { return largest_[std::size_t(unit)]; }
  float at(std::int64_t unit, std::int64_t y, std::int64_t x) const;
  /// Over all units.
  HeatRange range() const { return range_; }

 private:
  Array value_;
  UnitAxes axes_;
  std::vector<float> largest_;
  HeatRange range_;
};

}  // namespace unitscope
