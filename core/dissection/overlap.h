#pragma once

#include <cstdint>
#include <vector>

#include "dissection/layer_maps.h"

namespace unitscope {

/// Enlarges maps bilinearly (pixel centres, as LibTorch does without aligned corners) where it matters: each rectangle
/// between four places of the map is looked at only if one of them is over the threshold, since none of the pixels
/// between can be otherwise.
class Enlarging {
 public:
  Enlarging(std::int64_t height, std::int64_t width, std::int64_t toHeight, std::int64_t toWidth);

  /// Calls `fires(pixel)` for every pixel of the enlarged map that is over the threshold.
  template <class Fires>
  void forEachOver(const float* map, float threshold, const Fires& fires) const;

 private:
  struct Axis {
    std::vector<std::int64_t> first;  ///< [n + 1] first pixel that lies behind place i
    std::vector<float> weight;        ///< [pixels] of the next place
  };
  static Axis axisOf(std::int64_t from, std::int64_t to);

  std::int64_t height_, width_, toHeight_, toWidth_;
  Axis rows_, columns_;
};

/// Counts pixels in which units fire, and in which they fire on concepts.
class Overlap {
 public:
  Overlap(const MapSize& size, std::int64_t planeHeight, std::int64_t planeWidth, std::vector<float> thresholds,
          std::size_t concepts);

  /// A batch's maps of the layer, and of its pictures those for which `wanted` says so (all when it is empty).
  void add(const at::Tensor& maps, const std::vector<ConceptPicture>& pictures, const std::vector<bool>& wanted = {});
  std::int64_t fired(std::int64_t unit) const { return fired_[static_cast<std::size_t>(unit)]; }
  std::int64_t shared(std::int64_t unit, std::size_t index) const {
    return shared_[static_cast<std::size_t>(unit) * (concepts_ + 1) + index];
  }

 private:
  MapSize size_;
  Enlarging enlarging_;
  std::vector<float> thresholds_;
  std::size_t concepts_;
  std::vector<std::int64_t> fired_;   ///< [units]
  std::vector<std::int64_t> shared_;  ///< [units, concepts + 1], the last for pixels without
};

/// Pixels of each concept, and pictures that show it.
struct ConceptPixels {
  std::vector<std::int64_t> pixels, pictures;
  explicit ConceptPixels(std::size_t concepts) : pixels(concepts, 0), pictures(concepts, 0) {}
  void add(const ConceptPicture& picture);
};

double iouOf(std::int64_t shared, std::int64_t a, std::int64_t b);

template <class Fires>
void Enlarging::forEachOver(const float* map, float threshold, const Fires& fires) const {
  for (std::int64_t y = 0; y < height_; ++y) {
    const auto top = rows_.first[static_cast<std::size_t>(y)], bottom = rows_.first[static_cast<std::size_t>(y) + 1];
    if (top == bottom) continue;
    const float* upper = map + y * width_;
    const float* lower = y + 1 < height_ ? upper + width_ : upper;
    for (std::int64_t x = 0; x < width_; ++x) {
      const std::int64_t next = x + 1 < width_ ? x + 1 : x;
      const float a = upper[x], b = upper[next], c = lower[x], d = lower[next];
      if (!(a > threshold) && !(b > threshold) && !(c > threshold) && !(d > threshold)) continue;
      const auto left = columns_.first[static_cast<std::size_t>(x)],
                 right = columns_.first[static_cast<std::size_t>(x) + 1];
      for (std::int64_t i = top; i < bottom; ++i) {
        const float down = rows_.weight[static_cast<std::size_t>(i)];
        const float l = a + (c - a) * down, r = b + (d - b) * down;
        for (std::int64_t j = left; j < right; ++j)
          if (l + (r - l) * columns_.weight[static_cast<std::size_t>(j)] > threshold) fires(i * toWidth_ + j);
      }
    }
  }
}

}  // namespace unitscope
