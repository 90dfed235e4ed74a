#include <array>
#include <cmath>

#include <ATen/CPUGeneratorImpl.h>

#include "judging/imputation.h"
#include "judging/map_plane.h"
#include "judging/metric.h"
#include "judging/score_curve.h"

namespace unitscope {
namespace {

constexpr std::array<double, 7> kShares{0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9};
constexpr double kNoise = 0.01;

MetricResult road(const Judged& judged, const Progress& progress, const CancelToken& cancel) {
  const at::Tensor& image = judged.score.image();
  const auto count = static_cast<std::int64_t>(kShares.size());
  const at::Tensor ranks = fallingRanks(judged.plane);
  const auto pixels = static_cast<double>(judged.plane.numel());
  // The most important pixels go first in the first half, the least important ones in the second.
  std::vector<at::Tensor> holes;
  for (const bool most : {true, false})
    for (const double share : kShares) {
      const auto n = static_cast<std::int64_t>(std::llround(share * pixels));
      holes.push_back(most ? ranks.lt(n) : ranks.ge(judged.plane.numel() - n));
    }
  const at::Tensor missing = at::stack(holes).unsqueeze(1);
  at::Tensor pictures = imputed(image, missing, cancel);
  const at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(judged.seed);
  const at::Tensor noise = at::randn(pictures.sizes(), generator, at::TensorOptions(at::kFloat)) * kNoise;
  pictures = pictures + (noise * missing).to(pictures.options());
  const std::vector<double> scores = probabilities(
      judged.score, 2 * count, [&](std::int64_t first, std::int64_t many) { return pictures.narrow(0, first, many); },
      "Filling in pixels", progress, cancel);
  MetricResult result;
  double sum = 0.0, most = 0.0;
  for (std::size_t i = 0; i < kShares.size(); ++i) {
    result.x.push_back(kShares[i]);
    result.curve.push_back(scores[i + kShares.size()] - scores[i]);
    sum += result.curve.back();
    most += scores[i];
  }
  const auto n = static_cast<double>(count);
  result.value = sum / n;
  result.details = {{"most_first", most / n}, {"least_first", (sum + most) / n}};
  return result;
}

}  // namespace

Metric roadMetric() {
  MetricInfo info;
  info.id = "road";
  info.title = "ROAD";
  info.description =
      "Takes 10 % to 90 % of the pixels away and fills the holes from what is around them, so that no edge of a hole "
      "gives it away. The probability that is left when the least important pixels went first, less that when the most "
      "important ones did: the larger, the better.";
  info.citation = "Rong et al. 2022, arXiv:2202.00449";
  info.measure = "difference";
  return {info, road};
}

}  // namespace unitscope
