#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

#include "attribution/baseline.h"
#include "attribution/image_method.h"
#include "attribution/methods.h"

namespace unitscope {
namespace {

constexpr std::int64_t kBatch = 16;

struct Quadrature {
  std::vector<float> places;   ///< in [0,1]
  std::vector<float> weights;  ///< of each place
};

/// Gauss-Legendre nodes on [0,1]: zeros of the Legendre polynomial by Newton's method from Chebyshev's guess.
Quadrature gaussLegendre(std::int64_t steps) {
  Quadrature rule;
  const auto n = static_cast<double>(steps);
  for (std::int64_t i = steps; i-- > 0;) {
    double x = std::cos(std::numbers::pi * (static_cast<double>(i) + 0.75) / (n + 0.5));
    double slope = 0.0;
    for (int round = 0; round < 100; ++round) {
      double previous = 1.0;
      double value = x;
      for (std::int64_t k = 2; k <= steps; ++k) {
        const auto degree = static_cast<double>(k);
        const double next = ((2.0 * degree - 1.0) * x * value - (degree - 1.0) * previous) / degree;
        previous = std::exchange(value, next);
      }
      slope = n * (x * value - previous) / (x * x - 1.0);
      const double change = value / slope;
      x -= change;
      if (std::abs(change) < 1e-15) break;
    }
    rule.places.push_back(static_cast<float>(0.5 * (1.0 + x)));
    rule.weights.push_back(static_cast<float>(1.0 / ((1.0 - x * x) * slope * slope)));
  }
  return rule;
}

/// Captum's trapezoid rule, so that results can be compared: places from 0 to 1 with weights 1/n, half of that at the
/// ends, which sum to 1 - 1/n. The completeness error shows what that leaves out.
Quadrature trapezoid(std::int64_t steps) {
  Quadrature rule;
  const auto n = static_cast<double>(steps);
  for (std::int64_t i = 0; i < steps; ++i) {
    const bool end = i == 0 || i == steps - 1;
    rule.places.push_back(static_cast<float>(static_cast<double>(i) / std::max(1.0, n - 1.0)));
    rule.weights.push_back(static_cast<float>((end ? 0.5 : 1.0) / n));
  }
  return rule;
}

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
