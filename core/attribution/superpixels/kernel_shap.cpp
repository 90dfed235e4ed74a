#include <cmath>

#include "attribution/baseline.h"
#include "attribution/image_method.h"
#include "attribution/methods.h"
#include "attribution/superpixels/coalitions.h"
#include "attribution/superpixels/linear_fit.h"
#include "attribution/superpixels/segmented_picture.h"

namespace unitscope {
namespace {

constexpr std::int64_t kBest = 5;

std::string coalitionNote(const Coalitions& coalitions) {
  const std::string count = std::to_string(coalitions.present.size(0));
  if (coalitions.all) return "all " + count + " coalitions were tried, so the values are exact";
  return count + " of 2^" + std::to_string(coalitions.present.size(1)) + " coalitions, so the values are estimates";
}

class KernelShap final : public ImageMethod {
 public:
  using ImageMethod::ImageMethod;

 private:
  Attribution explain(const ScoreFunction& score, const ParameterValues& parameters, const Progress& progress,
                      const CancelToken& cancel) const override {
    score.requirePicture(info().id);
    const at::NoGradGuard noGradients;
    const at::Tensor baseline = baselineFor(score, parameters.text("baseline"));
    const double whole = score.values(score.image()).item<double>();
    const double empty = score.values(baseline).item<double>();
    const SegmentedPicture picture(score, segmentsFor(score, parameters), baseline);

    at::Tensor values = at::full({picture.count()}, whole - empty, at::kDouble);
    std::vector<std::string> notes{picture.segments().note};
    if (picture.count() > 1) {
      const Coalitions coalitions =
          shapleyCoalitions(picture.count(), parameters.integer("samples"), parameters.integer("seed"));
      const at::Tensor x = coalitions.present.to(at::kDouble);
      const auto valuesBy = [&](const at::Tensor& scores) {
        const std::int64_t n = scores.size(0);
        return leastSquaresOfSum(x.narrow(0, 0, n), scores - empty, coalitions.weights.narrow(0, 0, n), whole - empty);
      };
      SegmentedPicture::SoFar soFar;
      if (score.query().preview)
        soFar = [&](const at::Tensor& scores) {
          score.query().preview({picture.mapOf(valuesBy(scores)), {}, {picture.segments().note}});
        };
      const auto scoreOf = [&](const at::Tensor& batch) { return score.values(batch); };
      values = valuesBy(picture.scores(coalitions.present, scoreOf, progress, cancel, soFar));
      notes.push_back(coalitionNote(coalitions));
    }
    const double error = std::abs(values.sum().item<double>() - (whole - empty));
    notes.push_back("score " + shown(whole) + ", " + shown(empty) + " with every segment hidden");
    notes.push_back("completeness error " + shown(error) + ": the values sum to the difference");
    Attribution answer;
    answer.map = picture.mapOf(values);
    answer.notes = std::move(notes);
    if (auto best = picture.best(values, kBest)) answer.pictures.push_back(std::move(*best));
    return answer;
  }
};

}  // namespace

std::unique_ptr<AttributionMethod> makeKernelShap() {
  MethodInfo info;
  info.id = "kernel_shap";
  info.title = "KernelSHAP";
  info.description =
      "Estimates each superpixel's Shapley value: what it adds to the score, averaged over all orders in which the "
      "superpixels could appear on the baseline. The values sum to the score less the baseline's. With so few "
      "superpixels that every coalition of them can be tried, they are exact.";
  info.citation = "Lundberg & Lee 2017, arXiv:1705.07874";
  info.needsGradient = false;
  info.parameters = {
      {"samples",
       "Samples",
       "Coalitions of superpixels that are shown to the network. M superpixels have 2^M; the authors' program uses 2M "
       "+ 2048.",
       std::int64_t{1000},
       10,
       20000,
       {}},
      {"seed", "Seed", "Start of the random numbers.", std::int64_t{0}, 0, 2147483647, {}},
      baselineParameter(),
  };
  for (ParameterSpec& spec : segmentParameters()) info.parameters.push_back(std::move(spec));
  return std::make_unique<KernelShap>(std::move(info));
}

}  // namespace unitscope
