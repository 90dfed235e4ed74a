#include <cmath>

#include "judging/map_plane.h"
#include "judging/metric.h"
#include "judging/score_curve.h"

namespace unitscope {
namespace {

// RISE's blur: 11 pixels wide, sigma 5.
constexpr int kBlurSide = 11;
constexpr double kBlurSigma = 5.0;

/// RISE makes its kernel by smoothing a single pixel in the middle of an 11 x 11 field whose edges reflect, so that
/// what a Gaussian of this width has outside is folded back; it is flatter than one that is cut off.
at::Tensor foldedGaussian() {
  constexpr int reach = static_cast<int>(4.0 * kBlurSigma + 0.5);
  std::vector<double> weights(kBlurSide, 0.0);
  double sum = 0.0;
  for (int offset = -reach; offset <= reach; ++offset) {
    const double g = std::exp(-0.5 * offset * offset / (kBlurSigma * kBlurSigma));
    int place = (kBlurSide / 2 + offset) % (2 * kBlurSide);
    if (place < 0) place += 2 * kBlurSide;
    if (place >= kBlurSide) place = 2 * kBlurSide - 1 - place;
    weights[static_cast<std::size_t>(place)] += g;
    sum += g;
  }
  return at::tensor(weights, at::kDouble) / sum;
}

at::Tensor blurred(const at::Tensor& image) {
  const at::Tensor line = foldedGaussian().to(image.options());
  const at::Tensor planes = image.transpose(0, 1);
  const at::Tensor across = at::conv2d(planes, line.reshape({1, 1, 1, kBlurSide}), {}, at::IntArrayRef{1, 1},
                                       at::IntArrayRef{0, kBlurSide / 2});
  return at::conv2d(across, line.reshape({1, 1, kBlurSide, 1}), {}, at::IntArrayRef{1, 1},
                    at::IntArrayRef{kBlurSide / 2, 0})
      .transpose(0, 1)
      .contiguous();
}

/// The probability while `from` turns into `to`, the most important pixels first.
MetricResult erasure(const Judged& judged, const at::Tensor& from, const at::Tensor& to, const std::string& what,
                     const Progress& progress, const CancelToken& cancel) {
  const std::int64_t pixels = judged.plane.numel();
  const std::int64_t step = judged.step > 0 ? judged.step : judged.width();
  const std::int64_t steps = (pixels + step - 1) / step;
  const at::Tensor rank = fallingRanks(judged.plane).to(from.device());
  MetricResult result;
  result.curve = probabilities(
      judged.score, steps + 1,
      [&](std::int64_t first, std::int64_t count) {
        const at::Tensor bounds = (at::arange(first, first + count, rank.options()) * step).reshape({count, 1, 1, 1});
        return at::where(rank.lt(bounds), to, from);
      },
      what, progress, cancel);
  for (std::int64_t i = 0; i <= steps; ++i)
    result.x.push_back(std::min(1.0, static_cast<double>(i * step) / static_cast<double>(pixels)));
  result.value = areaUnder(result.curve);
  return result;
}

}  // namespace

Metric deletionMetric() {
  MetricInfo info;
  info.id = "deletion";
  info.title = "Deletion";
  info.description =
      "Takes the most important pixels away first (they become the mean colour) and draws the probability that is "
      "left. "
      "The smaller the area under the curve, the better the map knows what the network needs.";
  info.citation = "Petsiuk et al. 2018, arXiv:1806.07421";
  info.measure = "auc";
  info.higherIsBetter = false;
  return {info, [](const Judged& judged, const Progress& progress, const CancelToken& cancel) {
            const at::Tensor& image = judged.score.image();
            return erasure(judged, image, at::zeros_like(image), "Deleting pixels", progress, cancel);
          }};
}

Metric insertionMetric() {
  MetricInfo info;
  info.id = "insertion";
  info.title = "Insertion";
  info.description =
      "Begins with the blurred picture and puts the most important pixels back first. The larger the area under the "
      "curve of the probability, the sooner the map finds what suffices.";
  info.citation = "Petsiuk et al. 2018, arXiv:1806.07421";
  info.measure = "auc";
  return {info, [](const Judged& judged, const Progress& progress, const CancelToken& cancel) {
            const at::Tensor& image = judged.score.image();
            return erasure(judged, blurred(image), image, "Inserting pixels", progress, cancel);
          }};
}

}  // namespace unitscope
