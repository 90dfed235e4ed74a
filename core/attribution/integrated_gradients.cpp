#include <algorithm>
#include <vector>

#include "attribution/baseline.h"
#include "attribution/image_method.h"
#include "attribution/methods.h"
#include "attribution/quadrature.h"

namespace unitscope {
namespace {

constexpr std::int64_t kBatch = 16;

class IntegratedGradients final : public ImageMethod {
 public:
  using ImageMethod::ImageMethod;

 private:
  Attribution explain(const ScoreFunction& score, const ParameterValues& parameters, const Progress& progress,
                      const CancelToken& cancel) const override {
    const at::Tensor& image = score.image();
    const at::Tensor base = baselineFor(score, parameters.text("baseline"));
    const at::Tensor difference = image - base;
    const std::int64_t steps = parameters.integer("steps");
    const Quadrature rule = parameters.text("rule") == "trapezoid" ? trapezoid(steps) : gaussLegendre(steps);
    std::vector<std::int64_t> perImage(static_cast<std::size_t>(image.dim()), 1);
    perImage.front() = -1;
    const at::Tensor places = at::tensor(rule.places).reshape(perImage).to(image.device());
    const at::Tensor weights = at::tensor(rule.weights).reshape(perImage).to(image.device());

    at::Tensor integral = at::zeros_like(image);
    inBatches(steps, score.batchSize(std::min(steps, kBatch), true), progress, cancel, "Along the path",
              [&](std::int64_t first, std::int64_t count) {
                const at::Tensor batch = at::addcmul(base, difference, places.narrow(0, first, count));
                const at::Tensor gradient = score.gradient(batch).gradient;
                integral += (gradient * weights.narrow(0, first, count)).sum(0, /*keepdim=*/true);
              });
    const at::Tensor map = difference * integral;
    const double sum = map.sum(at::kDouble).item<double>();
    const double change = score.values(image).item<double>() - score.values(base).item<double>();
    return {map,
            {},
            {"completeness error " + shown(sum - change) + " (sum of the map " + shown(sum) +
             ", change of the score from the baseline " + shown(change) + ")"}};
  }
};

}  // namespace

std::unique_ptr<AttributionMethod> makeIntegratedGradients() {
  MethodInfo info;
  info.id = "integrated_gradients";
  info.title = "Integrated Gradients";
  info.description =
      "Adds up the gradient along the straight way from a baseline to the picture, times what changed on that way. The "
      "values sum to the change of the score; the completeness error says how nearly.";
  info.citation = "Sundararajan et al. 2017, arXiv:1703.01365";
  info.parameters = {
      {"steps",
       "Steps",
       "Points on the way; the paper finds 20 to 300 enough, 50 is Captum's default.",
       std::int64_t{50},
       2,
       1000,
       {}},
      {"rule",
       "Rule",
       "How the integral is taken: Gauss and Legendre's points, or the trapezoid rule with Captum's weights, which sum "
       "to 1 - 1/steps.",
       std::string("gausslegendre"),
       0,
       0,
       {"gausslegendre", "trapezoid"}},
      baselineParameter(),
  };
  return std::make_unique<IntegratedGradients>(std::move(info));
}

}  // namespace unitscope
