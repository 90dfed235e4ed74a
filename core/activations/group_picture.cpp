#include "activations/group_picture.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "runtime/error.h"

namespace unitscope {
namespace {

// Hues far from one another first, then between them, lighter and darker.
constexpr std::array<Rgb, 16> kColors = {{{230, 75, 53},
                                          {46, 134, 222},
                                          {240, 180, 41},
                                          {57, 173, 92},
                                          {155, 89, 208},
                                          {34, 187, 187},
                                          {240, 98, 160},
                                          {140, 100, 60},
                                          {160, 200, 60},
                                          {60, 80, 200},
                                          {255, 140, 66},
                                          {0, 120, 110},
                                          {190, 140, 230},
                                          {150, 30, 70},
                                          {120, 200, 250},
                                          {110, 110, 110}}};

/// Where a pixel of a side of `size` lies among `cells` cells: the two nearest, and how much of the second.
struct Between {
  std::int64_t first = 0, second = 0;
  float part = 0.0F;
};
std::vector<Between> placesAlong(int size, std::int64_t cells) {
  std::vector<Between> places;
  for (int i = 0; i < size; ++i) {
    const double at = (i + 0.5) * static_cast<double>(cells) / size - 0.5;
    const double low = std::clamp(std::floor(at), 0.0, static_cast<double>(cells - 1));
    const auto first = static_cast<std::int64_t>(low);
    places.push_back({first, std::min(first + 1, cells - 1), static_cast<float>(std::clamp(at - low, 0.0, 1.0))});
  }
  return places;
}

float greyOf(const Image& picture, std::size_t pixel) {
  const std::uint8_t* p = picture.pixels.data() + pixel * static_cast<std::size_t>(picture.channels);
  if (picture.channels < 3) return static_cast<float>(p[0]);
  return 0.299F * static_cast<float>(p[0]) + 0.587F * static_cast<float>(p[1]) + 0.114F * static_cast<float>(p[2]);
}

}  // namespace

Rgb groupColor(std::size_t group) noexcept {
  return kColors[group % kColors.size()];
}

Image groupOverlay(const Image& picture, const Array& maps, double opacity, int only) {
  if (picture.empty()) throw Error("picture", "it is empty");
  if (maps.shape.size() != 3 || elementCount(maps.shape) < 1 ||
      elementCount(maps.shape) != static_cast<std::int64_t>(maps.values.size()))
    throw Error("groups", "their maps must be [k,h,w], not " + toString(maps.shape));
  const std::int64_t groups = maps.shape[0], height = maps.shape[1], width = maps.shape[2];
  const auto places = static_cast<std::size_t>(height * width);
  // Colour times strength, and strength, at each place: bilinear between places, as mixtures should be.
  std::vector<std::array<float, 4>> cells(places, {0.0F, 0.0F, 0.0F, 0.0F});
  for (std::int64_t k = 0; k < groups; ++k) {
    const Rgb color = groupColor(static_cast<std::size_t>(k));
    for (std::size_t p = 0; p < places; ++p) {
      const float value = maps.values[static_cast<std::size_t>(k) * places + p];
      const float strength = std::isfinite(value) && (only < 0 || only == k) ? std::max(value, 0.0F) : 0.0F;
      cells[p][0] += strength * static_cast<float>(color.r);
      cells[p][1] += strength * static_cast<float>(color.g);
      cells[p][2] += strength * static_cast<float>(color.b);
      cells[p][3] += strength;
    }
  }
  float strongest = 0.0F;
  for (const auto& cell : cells) strongest = std::max(strongest, cell[3]);

  Image result{picture.width, picture.height, 3, {}};
  const std::vector<Between> rows = placesAlong(picture.height, height), columns = placesAlong(picture.width, width);
  result.pixels.reserve(rows.size() * columns.size() * 3);
  std::size_t pixel = 0;
  for (const Between& y : rows) {
    for (const Between& x : columns) {
      std::array<float, 4> mixed{};
      for (std::size_t c = 0; c < 4; ++c) {
        const auto at = [&](std::int64_t row, std::int64_t column) {
          return cells[static_cast<std::size_t>(row * width + column)][c];
        };
        const float top = at(y.first, x.first) * (1.0F - x.part) + at(y.first, x.second) * x.part;
        const float bottom = at(y.second, x.first) * (1.0F - x.part) + at(y.second, x.second) * x.part;
        mixed[c] = top * (1.0F - y.part) + bottom * y.part;
      }
      const float grey = greyOf(picture, pixel++);
      const float cover = strongest > 0.0F ? static_cast<float>(opacity) * mixed[3] / strongest : 0.0F;
      for (std::size_t c = 0; c < 3; ++c) {
        const float color = mixed[3] > 0.0F ? mixed[c] / mixed[3] : 0.0F;
        result.pixels.push_back(
            static_cast<std::uint8_t>(std::lround(std::clamp(grey + cover * (color - grey), 0.0F, 255.0F))));
      }
    }
  }
  return result;
}

}  // namespace unitscope
