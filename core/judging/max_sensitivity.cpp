#include <algorithm>
#include <limits>

#include <ATen/CPUGeneratorImpl.h>

#include "judging/metric.h"

namespace unitscope {
namespace {

constexpr std::int64_t kTrials = 10;
// In units of the network's input, as Captum's default.
constexpr double kRadius = 0.02;

MetricResult maxSensitivity(const Judged& judged, const Progress& progress, const CancelToken& cancel) {
  AttributionQuery query = judged.score.query();
  query.preview = {};
  const at::Tensor input = query.input;
  const at::Tensor plain = judged.method->run(query, {}, cancel).map.to(at::kDouble);
  const double norm = plain.norm().item<double>();
  const at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(judged.seed);
  MetricResult result;
  for (std::int64_t i = 0; i < kTrials; ++i) {
    cancel.check();
    progress.report(static_cast<double>(i) / static_cast<double>(kTrials), "Disturbing the picture");
    const at::Tensor noise =
        at::rand(input.sizes(), generator, at::TensorOptions(at::kFloat)) * (2 * kRadius) - kRadius;
    query.input = input + noise.to(input.device());
    const at::Tensor map = judged.method->run(query, {}, cancel).map.to(at::kDouble);
    result.x.push_back(static_cast<double>(i));
    result.curve.push_back((map - plain).norm().item<double>() / norm);
  }
  result.value = norm > 0.0 ? *std::max_element(result.curve.begin(), result.curve.end())
                            : std::numeric_limits<double>::quiet_NaN();
  result.details = {{"radius", kRadius}};
  return result;
}

}  // namespace

Metric maxSensitivityMetric() {
  MetricInfo info;
  info.id = "max_sensitivity";
  info.title = "Max-sensitivity";
  info.description =
      "How far the map moves, relative to its length, when the picture changes by a hair: the largest of ten random "
      "changes of at most 0.02. Small is steady, but a map that never changes is steady too.";
  info.citation = "Yeh et al. 2019, arXiv:1901.09392";
  info.measure = "change";
  info.higherIsBetter = false;
  info.needsMethod = true;
  return {info, maxSensitivity};
}

}  // namespace unitscope
