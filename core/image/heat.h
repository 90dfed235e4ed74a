#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "image/color_map.h"
#include "image/image.h"

namespace unitscope {

/// One number a place, row-major [height, width].
struct HeatMap {
  int width = 0;
  int height = 0;
  std::vector<float> values;
};

/// The values that the two ends of a colour map stand for.
struct HeatRange {
  double low = 0.0;
  double high = 1.0;
};

/// How a heat map is shown. Nothing is rectified unless `absolute` says so.
struct HeatPaint {
  enum class Range {
    Symmetric,  ///< from -m to m, m the largest magnitude, so that zero has the middle colour (absolute: 0 to m)
    MinMax,     ///< from the smallest to the largest value
    Fixed,      ///< `fixed`, for maps that must be comparable
  };
  ColorMap colors = ColorMap::Diverging;
  double opacity = 0.6;   ///< of the heat over the picture, 0 to 1
  bool absolute = false;  ///< show magnitudes
  Range range = Range::Symmetric;
  HeatRange fixed;
  double outliers = 0.0;  ///< fraction of the values (the most extreme) left out when the range is found, 0 to 0.5
};

/// One map of a [channels, height, width] block: the sum over channels (which keeps the sign and what adds up to the
/// score), or with `absolute` the largest magnitude (Simonyan et al. 2014). Throws Error when the sizes disagree.
HeatMap collapseChannels(std::span<const float> values, std::int64_t channels, std::int64_t height, std::int64_t width,
                         bool absolute);

/// The range that `paint` gives to these values; NaN and infinities do not count. Never empty: high > low.
HeatRange heatRange(std::span<const float> values, const HeatPaint& paint);

/// The map alone, one pixel a place, RGB. Places without a number (NaN) are grey.
Image paintHeat(const HeatMap& map, const HeatPaint& paint, const HeatRange& range);
Image paintHeat(const HeatMap& map, const HeatPaint& paint);

/// The map, resized to the picture bilinearly, blended over it (which is shown in grey values or colour as it is).
/// RGB, of the picture's size. Throws Error when either is empty.
Image overlayHeat(const Image& picture, const HeatMap& map, const HeatPaint& paint, const HeatRange& range);
Image overlayHeat(const Image& picture, const HeatMap& map, const HeatPaint& paint);

/// The colours from low to high as a strip: left to right, or bottom to top where it is higher than wide.
Image legendStrip(const HeatPaint& paint, int width, int height);

}  // namespace unitscope
