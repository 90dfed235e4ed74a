#include <algorithm>
#include <vector>

#include <ATen/CPUGeneratorImpl.h>

#include "attribution/image_method.h"
#include "attribution/methods.h"
#include "attribution/random_baseline.h"

namespace unitscope {
namespace {

constexpr std::int64_t kBatch = 16;

/// One place on the way for each sample: a random one in its own part of [0,1], so that every part is met equally
/// often.
std::vector<float> placesOnTheWay(std::int64_t samples, std::int64_t seed) {
  const at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(static_cast<std::uint64_t>(seed));
  const at::Tensor random = at::rand({samples}, generator, at::TensorOptions(at::kFloat));
  const at::Tensor places =
      (at::arange(samples, at::TensorOptions(at::kFloat)) + random) / static_cast<double>(samples);
  const auto* first = places.data_ptr<float>();
  return {first, first + samples};
}

class ExpectedGradients final : public ImageMethod {
 public:
  using ImageMethod::ImageMethod;

 private:
  Attribution explain(const ScoreFunction& score, const ParameterValues& parameters, const Progress& progress,
                      const CancelToken& cancel) const override {
    score.requirePicture(info().id);
    const at::Tensor& image = score.image();
    const std::int64_t samples = parameters.integer("samples");
    const std::int64_t seed = parameters.integer("seed");
    const std::vector<float> places = placesOnTheWay(samples, seed);
    at::Tensor sum = at::zeros_like(image);
    double before = 0.0;
    inBatches(samples, score.batchSize(std::min(samples, kBatch), true), progress, cancel, "Random baselines",
              [&](std::int64_t first, std::int64_t count) {
                std::vector<at::Tensor> drawn;
                for (std::int64_t i = first; i < first + count; ++i)
                  drawn.push_back(randomBaseline(score, parameters.text("baselines"), seed, i));
                const at::Tensor base = at::cat(drawn);
                const at::Tensor place =
                    at::tensor(places).narrow(0, first, count).reshape({count, 1, 1, 1}).to(image.device());
                const at::Tensor difference = image - base;
                const at::Tensor gradient = score.gradient(at::addcmul(base, difference, place)).gradient;
                const double scores = score.values(base).sum(at::kDouble).item<double>();
                sum += (gradient * difference).sum(0, /*keepdim=*/true);
                before += scores;
              });
    const at::Tensor map = sum / static_cast<double>(samples);
    const double total = map.sum(at::kDouble).item<double>();
    const double change = score.values(image).item<double>() - before / static_cast<double>(samples);
    return {map,
            {},
            {"completeness error " + shown(total - change) + " (sum of the map " + shown(total) +
             ", change of the score from the baselines' mean " + shown(change) + "); falls with more samples"}};
  }
};

}  // namespace

std::unique_ptr<AttributionMethod> makeExpectedGradients() {
  MethodInfo info;
  info.id = "expected_gradients";
  info.title = "Expected Gradients";
  info.description =
      "Integrated Gradients averaged over many baselines, so that no single colour counts as absence: a random point "
      "on "
      "the way from each. The baselines are made from the picture itself: its patches shuffled, one colour between "
      "black and white, blurs of random width.";
  info.citation = "Erion et al. 2021, arXiv:1906.10670";
  info.parameters = {
      {"samples", "Samples", "Random baselines, with one point on the way from each.", std::int64_t{100}, 1, 10000, {}},
      randomBaselinesParameter(),
      {"seed", "Seed", "Start of the random numbers.", std::int64_t{0}, 0, 2147483647, {}},
  };
  return std::make_unique<ExpectedGradients>(std::move(info));
}

}  // namespace unitscope
