#pragma once

#include <cstdint>
#include <vector>

#include "image/image.h"

namespace unitscope {

/// A block of pixels, half open: columns [left, right), rows [top, bottom).
struct PixelBox {
  int left = 0;
  int top = 0;
  int right = 0;
  int bottom = 0;
  bool empty() const noexcept { return left >= right || top >= bottom; }
  bool operator==(const PixelBox&) const = default;
};

/// A place on a picture in pixels; the middle of the first pixel is (0.5, 0.5).
struct PixelPoint {
  double x = 0.0;
  double y = 0.0;
};

/// A round brush. `radius` in pixels; `softness` from 0 (a hard edge, antialiased) to 1 (fades from the middle on).
struct BrushTip {
  double radius = 8.0;
  double softness = 0.3;
};

/// How strongly a stroke covers each pixel, 0 to 255, row-major [height, width]. Going over a place again within one
/// stroke does not cover it more, so the result depends on the way alone and not on how often the mouse reported.
class StrokeMask {
 public:
  StrokeMask() = default;
  /// Throws Error for sizes below 1.
  StrokeMask(int width, int height);

  /// Draws the brush along a line; the same point twice is one dab. Returns the pixels that may have changed.
  PixelBox extend(PixelPoint from, PixelPoint to, const BrushTip& tip);

  int width() const noexcept { return width_; }
  int height() const noexcept { return height_; }
  const std::vector<std::uint8_t>& values() const noexcept { return values_; }
  bool coversAnything() const noexcept;

 private:
  int width_ = 0;
  int height_ = 0;
  std::vector<std::uint8_t> values_;
};

/// Mixes `content` over `before` by the mask, within `box` only, into `onto`: covered wholly, it is the content.
/// Throws Error when the four are not of the same size and channels.
void blendByMask(Image& onto, const Image& before, const Image& content, const StrokeMask& mask, const PixelBox& box);

}  // namespace unitscope
