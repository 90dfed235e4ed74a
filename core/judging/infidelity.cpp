#include <algorithm>
#include <cmath>
#include <limits>

#include <ATen/CPUGeneratorImpl.h>

#include "judging/perturbations.h"

namespace unitscope {
namespace {

constexpr std::int64_t kSquares = 256;
// Sides of the squares, as shares of the picture's shorter one.
constexpr double kSmallest = 0.1, kLargest = 0.4;

/// Random squares, [count,H,W].
at::Tensor squares(std::int64_t count, std::int64_t height, std::int64_t width, std::uint64_t seed) {
  const at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(seed);
  const at::Tensor random = at::rand({count, 3}, generator, at::TensorOptions(at::kDouble)).contiguous();
  const auto* r = random.data_ptr<double>();
  at::Tensor sets = at::zeros({count, height, width}, at::kBool);
  const auto shorter = static_cast<double>(std::min(height, width));
  for (std::int64_t i = 0; i < count; ++i, r += 3) {
    const auto side = std::max<std::int64_t>(1, std::llround(shorter * (kSmallest + (kLargest - kSmallest) * r[0])));
    const auto y = static_cast<std::int64_t>(r[1] * static_cast<double>(height - side + 1));
    const auto x = static_cast<std::int64_t>(r[2] * static_cast<double>(width - side + 1));
    sets[i].slice(0, y, y + side).slice(1, x, x + side).fill_(true);
  }
  return sets;
}

MetricResult infidelity(const Judged& judged, const Progress& progress, const CancelToken& cancel) {
  const at::Tensor sets = squares(kSquares, judged.height(), judged.width(), judged.seed);
  const Removals removals = removePixels(
      judged, kSquares, [&](std::int64_t first, std::int64_t count) { return sets.narrow(0, first, count); },
      "Removing squares", progress, cancel);
  double together = 0.0, promised = 0.0, dropped = 0.0, plain = 0.0;
  for (std::size_t i = 0; i < removals.drops.size(); ++i) {
    const double p = removals.promised[i], d = removals.drops[i];
    together += p * d;
    promised += p * p;
    dropped += d * d;
    plain += (p - d) * (p - d);
  }
  // A map of the wrong sign explains nothing; turning it round would be another map.
  const double scale = promised > 0.0 ? std::max(0.0, together / promised) : 0.0;
  double scaled = 0.0;
  for (std::size_t i = 0; i < removals.drops.size(); ++i) {
    const double off = scale * removals.promised[i] - removals.drops[i];
    scaled += off * off;
  }
  const auto n = static_cast<double>(kSquares);
  MetricResult result;
  result.value = dropped > 0.0 ? scaled / dropped : std::numeric_limits<double>::quiet_NaN();
  result.details = {{"scale", scale}, {"scaled", scaled / n}, {"unscaled", plain / n}};
  return result;
}

}  // namespace

Metric infidelityMetric() {
  MetricInfo info;
  info.id = "infidelity";
  info.title = "Infidelity";
  info.description =
      "Removes random squares and compares the drop of the score with what the map promised: the mean squared error at "
      "the best scale of the map, as a share of the mean squared drop. 0 is perfect; 1 is as good as no map at all.";
  info.citation = "Yeh et al. 2019, arXiv:1901.09392";
  info.measure = "error";
  info.higherIsBetter = false;
  return {info, infidelity};
}

}  // namespace unitscope
