#include "dissection/overlap.h"

#include <algorithm>
#include <cmath>

#include <ATen/Parallel.h>

#include "runtime/error.h"

namespace unitscope {

Enlarging::Axis Enlarging::axisOf(std::int64_t from, std::int64_t to) {
  Axis axis;
  axis.first.assign(static_cast<std::size_t>(from) + 1, 0);
  for (std::int64_t i = 0; i < to; ++i) {
    const double at = (static_cast<double>(i) + 0.5) * static_cast<double>(from) / static_cast<double>(to) - 0.5;
    const double inside = std::clamp(at, 0.0, static_cast<double>(from - 1));
    const auto place = static_cast<std::int64_t>(inside);
    axis.weight.push_back(static_cast<float>(inside - static_cast<double>(place)));
    ++axis.first[static_cast<std::size_t>(place) + 1];
  }
  for (std::size_t i = 1; i < axis.first.size(); ++i) axis.first[i] += axis.first[i - 1];
  return axis;
}

Enlarging::Enlarging(std::int64_t height, std::int64_t width, std::int64_t toHeight, std::int64_t toWidth)
    : height_(height),
      width_(width),
      toHeight_(toHeight),
      toWidth_(toWidth),
      rows_(axisOf(height, toHeight)),
      columns_(axisOf(width, toWidth)) {}

Overlap::Overlap(const MapSize& size, std::int64_t planeHeight, std::int64_t planeWidth, std::vector<float> thresholds,
                 std::size_t concepts)
    : size_(size),
      enlarging_(size.height, size.width, planeHeight, planeWidth),
      thresholds_(std::move(thresholds)),
      concepts_(concepts),
      fired_(static_cast<std::size_t>(size.units), 0),
      shared_(static_cast<std::size_t>(size.units) * (concepts + 1), 0) {}

void Overlap::add(const at::Tensor& maps, const std::vector<ConceptPicture>& pictures,
                  const std::vector<bool>& wanted) {
  const auto* values = maps.data_ptr<float>();
  at::parallel_for(0, size_.units, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t u = begin; u < end; ++u) {
      const auto unit = static_cast<std::size_t>(u);
      std::int64_t* counts = shared_.data() + unit * (concepts_ + 1);
      for (std::size_t b = 0; b < pictures.size(); ++b) {
        if (!wanted.empty() && !wanted[b]) continue;
        const float* map = values + (static_cast<std::int64_t>(b) * size_.units + u) * size_.places();
        const auto& planes = pictures[b].planes;
        enlarging_.forEachOver(map, thresholds_[unit], [&](std::int64_t pixel) {
          ++fired_[unit];
          for (const auto& plane : planes)
            ++counts[std::min<std::size_t>(plane[static_cast<std::size_t>(pixel)], concepts_)];
        });
      }
    }
  });
}

void ConceptPixels::add(const ConceptPicture& picture) {
  std::vector<bool> seen(pixels.size(), false);
  for (const auto& plane : picture.planes)
    for (const std::uint16_t label : plane) {
      if (label >= pixels.size()) continue;
      ++pixels[label];
      if (!seen[label]) ++pictures[label];
      seen[label] = true;
    }
}

double iouOf(std::int64_t shared, std::int64_t a, std::int64_t b) {
  const std::int64_t all = a + b - shared;
  return all > 0 ? static_cast<double>(shared) / static_cast<double>(all) : 0.0;
}

}  // namespace unitscope
