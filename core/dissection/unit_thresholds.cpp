#include "dissection/unit_thresholds.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <ATen/Parallel.h>

#include "dissection/top_values.h"

namespace unitscope {
namespace {

constexpr double kMostBytes = 512.0 * 1024 * 1024;
constexpr double kDoubt = 0.01;  ///< of the stated error

/// Every how manieth place is looked at.
std::int64_t strideFor(const LayerMaps& layers, std::int64_t pictures, double topShare) {
  double bytes = 0.0;
  for (const MapSize& size : layers.sizes())
    bytes += 2.0 * sizeof(float) * topShare * static_cast<double>(size.units * size.places() * pictures);
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(bytes / kMostBytes)));
}

/// No common factor with the map's width, so that all columns get their turn.
std::int64_t fitted(std::int64_t stride, const MapSize& size) {
  stride = std::min(stride, size.places());
  while (stride > 1 && std::gcd(stride, size.width) != 1) ++stride;
  return stride;
}

}  // namespace

std::vector<UnitThresholds> findThresholds(LayerMaps& layers, ConceptPictures& pictures, double topShare,
                                           const Progress& progress) {
  const std::int64_t wanted = strideFor(layers, pictures.count(), topShare);
  std::vector<std::vector<TopValues>> top;
  std::vector<std::int64_t> strides;
  std::vector<UnitThresholds> answer;
  for (const MapSize& size : layers.sizes()) {
    const std::int64_t stride = fitted(wanted, size);
    const double looked = static_cast<double>(size.places() * pictures.count()) / static_cast<double>(stride);
    // The one behind the share is the threshold, so that no more than the share lies above.
    top.emplace_back(size.units, TopValues(static_cast<std::size_t>(topShare * looked) + 1));
    strides.push_back(stride);
    answer.emplace_back();
    if (stride > 1) answer.back().shareError = std::sqrt(std::log(2.0 / kDoubt) / (2.0 * looked));
  }
  layers.forEach(pictures, "Thresholds", progress, [&](const LayerMaps::Batch& batch) {
    for (std::size_t l = 0; l < batch.maps.size(); ++l) {
      const MapSize& size = layers.sizes()[l];
      const auto* values = batch.maps[l].data_ptr<float>();
      at::parallel_for(0, size.units, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t u = begin; u < end; ++u)
          for (std::size_t b = 0; b < batch.pictures.size(); ++b) {
            const std::int64_t start = (batch.first + static_cast<std::int64_t>(b)) % strides[l];
            top[l][static_cast<std::size_t>(u)].add(
                values + (static_cast<std::int64_t>(b) * size.units + u) * size.places() + start, size.places() - start,
                strides[l]);
          }
      });
    }
  });
  for (std::size_t l = 0; l < top.size(); ++l)
    for (TopValues& values : top[l]) {
      float threshold = values.smallestKept();
      const bool dead = !(values.largest() > values.smallest());
      if (!dead && !(values.largest() > threshold))
        threshold = std::nextafter(threshold, -std::numeric_limits<float>::infinity());
      answer[l].thresholds.push_back(threshold);
      answer[l].dead.push_back(dead);
    }
  return answer;
}

}  // namespace unitscope
