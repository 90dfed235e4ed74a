#include "gan/firing_tables.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <ATen/Parallel.h>

#include "runtime/error.h"

namespace unitscope {
namespace {

/// Cells of the even grid that bins are looked up by.
constexpr std::int64_t kCells = 4096;
constexpr std::int64_t kMostValues = 1 << 15;   ///< of a unit that quantiles are taken of
constexpr std::int64_t kPicturesForMeans = 64;  ///< enough to know the mean activation in each bin
constexpr double kHighShare = 0.1;

double term(double joint, double p, double q) {
  return joint > 0.0 ? joint * std::log(joint / (p * q)) : 0.0;
}

double entropy(double p) {
  return p > 0.0 ? -p * std::log(p) : 0.0;
}

/// Shares of activations that lie above the thresholds, largest first: even down to a tenth, then by equal factors to
/// one in ten thousand, since concepts may be small.
std::vector<double> tailShares(int thresholds) {
  const int even = thresholds / 2, small = thresholds - even;
  std::vector<double> shares;
  for (int i = 0; i < even; ++i) shares.push_back(0.99 - (0.99 - 0.1) * i / even);
  for (int i = 0; i < small; ++i)
    shares.push_back(0.1 * std::pow(1e-3, static_cast<double>(i) / std::max(1, small - 1)));
  return shares;
}

}  // namespace

double informationQualityRatio(double both, double a, double b, double all) {
  const double p11 = both / all, p10 = (a - both) / all, p01 = (b - both) / all, p00 = (all - a - b + both) / all;
  const double pa = a / all, pb = b / all;
  const double joint = entropy(p11) + entropy(p10) + entropy(p01) + entropy(p00);
  if (!(joint > 0.0)) return 0.0;
  const double information =
      term(p11, pa, pb) + term(p10, pa, 1.0 - pb) + term(p01, 1.0 - pa, pb) + term(p00, 1.0 - pa, 1.0 - pb);
  return std::clamp(information / joint, 0.0, 1.0);
}

std::int64_t FiringTables::bytesFor(std::int64_t units, std::size_t concepts, int bins) {
  return units * (kCells + bins * (static_cast<std::int64_t>(concepts + 2) * 4 + 12));
}

FiringTables::Axis FiringTables::axisOf(std::int64_t from, std::int64_t to) {
  Axis axis;
  for (std::int64_t i = 0; i < to; ++i) {
    const double position = (static_cast<double>(i) + 0.5) * static_cast<double>(from) / static_cast<double>(to) - 0.5;
    const double inside = std::clamp(position, 0.0, static_cast<double>(from - 1));
    const auto place = static_cast<std::int32_t>(inside);
    axis.first.push_back(place);
    axis.next.push_back(std::min(place + 1, static_cast<std::int32_t>(from - 1)));
    axis.weight.push_back(static_cast<float>(inside - place));
  }
  return axis;
}

FiringTables::FiringTables(const at::Tensor& first, std::int64_t planeHeight, std::int64_t planeWidth,
                           std::size_t concepts, int bins)
    : units_(first.size(1)),
      height_(first.size(2)),
      width_(first.size(3)),
      planeHeight_(planeHeight),
      planeWidth_(planeWidth),
      concepts_(concepts),
      bins_(static_cast<std::size_t>(std::clamp(bins, 2, 256))),
      rows_(axisOf(height_, planeHeight)),
      columns_(axisOf(width_, planeWidth)) {
  const auto units = at(units_);
  origin_.resize(units);
  scale_.resize(units);
  table_.assign(units * kCells, 0);
  thresholds_.resize(units * (bins_ - 1));
  least_.assign(units, std::numeric_limits<float>::infinity());
  most_.assign(units, -std::numeric_limits<float>::infinity());
  counts_.assign(units * bins_ * (concepts_ + 1), 0);
  pixels_.assign(units * bins_, 0);
  meant_.assign(units * bins_, 0);
  sums_.assign(units * bins_, 0.0);
  const std::vector<double> shares = tailShares(static_cast<int>(bins_) - 1);
  const std::int64_t places = height_ * width_, pictures = first.size(0);
  const std::int64_t stride = std::max<std::int64_t>(1, pictures * places / kMostValues);
  const auto* values = first.data_ptr<float>();
  at::parallel_for(0, units_, 1, [&](std::int64_t begin, std::int64_t end) {
    std::vector<float> sorted;
    for (std::int64_t u = begin; u < end; ++u) {
      sorted.clear();
      for (std::int64_t i = 0; i < pictures * places; i += stride) {
        const float value = values[(i / places * units_ + u) * places + i % places];
        if (std::isfinite(value)) sorted.push_back(value);
      }
      if (sorted.empty()) sorted.push_back(0.0F);
      std::ranges::sort(sorted);
      const float low = sorted.front(), step = (sorted.back() - low) / static_cast<float>(kCells);
      origin_[at(u)] = low;
      scale_[at(u)] = step > 0.0F && std::isfinite(1.0F / step) ? 1.0F / step : 0.0F;
      std::uint8_t* table = table_.data() + at(u) * kCells;
      for (std::size_t j = 0; j + 1 < bins_; ++j) {
        const auto rank = static_cast<std::size_t>((1.0 - shares[j]) * static_cast<double>(sorted.size() - 1));
        // From the cell of the quantile on, that is at or just below it.
        const auto cell =
            std::clamp<std::int64_t>(static_cast<std::int64_t>((sorted[rank] - low) * scale_[at(u)]), 0, kCells - 1);
        thresholds_[at(u) * (bins_ - 1) + j] = low + static_cast<float>(cell) * step;
        for (std::int64_t c = cell; c < kCells; ++c) table[c] = static_cast<std::uint8_t>(j + 1);
      }
    }
  });
}

void FiringTables::bin(const float* map, std::int64_t unit, std::uint8_t* bins, float* row, float* enlarged) {
  const float origin = origin_[at(unit)], scale = scale_[at(unit)];
  const std::uint8_t* table = table_.data() + at(unit) * kCells;
  const auto columns = at(planeWidth_);
  for (std::int64_t y = 0; y < planeHeight_; ++y) {
    const float* upper = map + rows_.first[at(y)] * width_;
    const float* lower = map + rows_.next[at(y)] * width_;
    const float down = rows_.weight[at(y)];
    for (std::int64_t x = 0; x < width_; ++x) row[x] = upper[x] + (lower[x] - upper[x]) * down;
    for (std::size_t x = 0; x < columns; ++x) {
      const float left = row[columns_.first[x]];
      enlarged[x] = left + (row[columns_.next[x]] - left) * columns_.weight[x];
    }
    for (std::size_t x = 0; x < columns; ++x) {
      // In this order, so that what is no number ends at 0.
      const float cell = std::min(std::max(0.0F, (enlarged[x] - origin) * scale), static_cast<float>(kCells - 1));
      bins[x] = table[static_cast<std::int32_t>(cell)];
    }
    enlarged += columns;
    bins += columns;
  }
}

void FiringTables::add(const at::Tensor& maps, const std::vector<std::vector<std::vector<std::uint16_t>>>& planes) {
  if (maps.size(1) != units_ || maps.size(2) != height_ || maps.size(3) != width_ ||
      maps.size(0) != static_cast<std::int64_t>(planes.size()))
    throw Error("dissection", "the layer's size changed from one batch to the next");
  const auto* values = maps.data_ptr<float>();
  const auto pixels = at(planeHeight_ * planeWidth_);
  const std::size_t width = concepts_ + 1;
  at::parallel_for(0, units_, 1, [&](std::int64_t begin, std::int64_t end) {
    std::vector<std::uint8_t> bins(pixels);
    std::vector<float> row(at(width_)), enlarged(pixels);
    for (std::int64_t u = begin; u < end; ++u) {
      std::uint32_t* counts = counts_.data() + at(u) * bins_ * width;
      std::uint32_t* total = pixels_.data() + at(u) * bins_;
      double* sums = sums_.data() + at(u) * bins_;
      std::uint32_t* meant = meant_.data() + at(u) * bins_;
      for (std::size_t b = 0; b < planes.size(); ++b) {
        const float* map = values + (static_cast<std::int64_t>(b) * units_ + u) * height_ * width_;
        for (std::int64_t i = 0; i < height_ * width_; ++i) {
          least_[at(u)] = std::min(least_[at(u)], map[i]);
          most_[at(u)] = std::max(most_[at(u)], map[i]);
        }
        bin(map, u, bins.data(), row.data(), enlarged.data());
        for (std::size_t p = 0; p < pixels; ++p) ++total[bins[p]];
        if (pictures_ + static_cast<std::int64_t>(b) < kPicturesForMeans)
          for (std::size_t p = 0; p < pixels; ++p) {
            ++meant[bins[p]];
            sums[bins[p]] += static_cast<double>(enlarged[p]);
          }
        for (const auto& plane : planes[b])
          for (std::size_t p = 0; p < pixels; ++p)
            ++counts[bins[p] * width + std::min<std::size_t>(plane[p], concepts_)];
      }
    }
  });
  pictures_ += maps.size(0);
}

FiringTables::Match FiringTables::match(std::int64_t unit, std::size_t index, std::int64_t pixels,
                                        std::int64_t all) const {
  const std::size_t width = concepts_ + 1;
  const std::uint32_t* counts = counts_.data() + at(unit) * bins_ * width;
  const std::uint32_t* total = pixels_.data() + at(unit) * bins_;
  // A bin without pixels in the first pictures has the mean of the next one below that has some.
  std::vector<double> means(bins_, static_cast<double>(origin_[at(unit)]));
  for (std::size_t b = 0; b < bins_; ++b) {
    const std::size_t entry = at(unit) * bins_ + b;
    means[b] = meant_[entry] > 0 ? sums_[entry] / meant_[entry] : (b > 0 ? means[b - 1] : means[b]);
  }
  Match best;
  best.threshold = most_[at(unit)];
  const double shown = static_cast<double>(pixels), whole = static_cast<double>(all);
  const double wanted = std::max(1.0, kHighShare * shown);
  double fired = 0.0, shared = 0.0, taken = 0.0, high = 0.0;
  for (std::size_t b = bins_; b-- > 1;) {
    const double here = counts[b * width + index];
    fired += total[b];
    shared += here;
    if (here > 0.0 && taken < wanted) {
      const double part = std::min(here, wanted - taken);
      high += part * means[b];
      taken += part;
    }
    // Where firing and concept avoid each other, firing tells something too, but not that the unit draws it.
    if (!(shared * whole > fired * shown)) continue;
    const double ratio = informationQualityRatio(shared, fired, shown, whole);
    if (!(ratio > best.ratio)) continue;
    best.ratio = ratio;
    best.threshold = thresholds_[at(unit) * (bins_ - 1) + b - 1];
    best.fired = static_cast<std::int64_t>(fired);
    best.iou = shared / (fired + shown - shared);
  }
  if (taken < wanted && counts[index] > 0) {
    const double part = std::min<double>(counts[index], wanted - taken);
    high += part * means[0];
    taken += part;
  }
  best.high = taken > 0.0 ? high / taken : 0.0;
  return best;
}

}  // namespace unitscope
