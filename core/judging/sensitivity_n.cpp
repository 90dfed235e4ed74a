#include <array>
#include <cmath>
#include <limits>

#include <ATen/CPUGeneratorImpl.h>

#include "judging/perturbations.h"

namespace unitscope {
namespace {

// Sizes of the sets as shares of the picture, and how many sets of each.
constexpr std::array<double, 8> kShares{0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8};
constexpr std::int64_t kSets = 64;

MetricResult sensitivityN(const Judged& judged, const Progress& progress, const CancelToken& cancel) {
  const at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(judged.seed);
  const std::int64_t pixels = judged.plane.numel();
  MetricResult result;
  double sum = 0.0;
  int known = 0;
  for (std::size_t k = 0; k < kShares.size(); ++k) {
    const auto n = std::max<std::int64_t>(1, std::llround(kShares[k] * static_cast<double>(pixels)));
    // Drawn at once, so that the sets do not depend on the size of the batches.
    std::vector<at::Tensor> sets;
    for (std::int64_t i = 0; i < kSets; ++i) {
      at::Tensor set = at::zeros({pixels}, at::kBool);
      set.index_fill_(0, at::randperm(pixels, generator, at::TensorOptions(at::kLong)).slice(0, 0, n), true);
      sets.push_back(set.reshape(judged.plane.sizes()));
    }
    const at::Tensor all = at::stack(sets);
    const auto part = [&](std::size_t i) { return static_cast<double>(i) / static_cast<double>(kShares.size()); };
    const Removals removals = removePixels(
        judged, kSets, [&](std::int64_t first, std::int64_t count) { return all.narrow(0, first, count); },
        "Removing sets of pixels", progress.part(part(k), part(k + 1)), cancel);
    const double correlation = correlationOf(removals.promised, removals.drops);
    result.x.push_back(static_cast<double>(n));
    result.curve.push_back(correlation);
    if (std::isnan(correlation)) continue;
    sum += correlation;
    ++known;
  }
  result.value = known > 0 ? sum / known : std::numeric_limits<double>::quiet_NaN();
  return result;
}

}  // namespace

Metric sensitivityNMetric() {
  MetricInfo info;
  info.id = "sensitivity_n";
  info.title = "Sensitivity-n";
  info.description =
      "Removes random sets of n pixels and correlates the drop of the score with what the map promised for them, for "
      "sets from 1 % to 80 % of the picture. 1 would be a map that adds up for every set.";
  info.citation = "Ancona et al. 2018, arXiv:1711.06104";
  info.measure = "correlation";
  return {info, sensitivityN};
}

}  // namespace unitscope
