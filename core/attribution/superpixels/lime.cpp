#include <ATen/CPUGeneratorImpl.h>

#include "attribution/baseline.h"
#include "attribution/image_method.h"
#include "attribution/methods.h"
#include "attribution/superpixels/linear_fit.h"
#include "attribution/superpixels/segmented_picture.h"

namespace unitscope {
namespace {

// As in the authors' program: the five best segments are shown, and the ridge's penalty is 1.
constexpr std::int64_t kBest = 5;
constexpr double kRidge = 1.0;

/// The whole picture, then each segment present or absent by the toss of a coin, [n,M] bool.
at::Tensor drawn(std::int64_t samples, std::int64_t segments, std::int64_t seed) {
  const at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(static_cast<std::uint64_t>(seed));
  at::Tensor present = at::rand({samples, segments}, generator, at::TensorOptions(at::kFloat)).lt(0.5);
  present[0].fill_(true);
  return present;
}

/// How much a sample counts: a Gaussian of its cosine distance to the whole picture, of which the root is taken.
at::Tensor nearness(const at::Tensor& present, double width) {
  // The cosine between 0/1 vectors and the vector of ones is the root of the share of ones.
  const at::Tensor distance = 1.0 - present.to(at::kDouble).mean(1).sqrt();
  return (distance.square() / (-2.0 * width * width)).exp();
}

class Lime final : public ImageMethod {
 public:
  using ImageMethod::ImageMethod;

 private:
  Attribution explain(const ScoreFunction& score, const ParameterValues& parameters, const Progress& progress,
                      const CancelToken& cancel) const override {
    score.requirePicture(info().id);
    const at::NoGradGuard noGradients;
    const SegmentedPicture picture(score, segmentsFor(score, parameters),
                                   baselineFor(score, parameters.text("baseline")));
    const at::Tensor present = drawn(parameters.integer("samples"), picture.count(), parameters.integer("seed"));
    const at::Tensor x = present.to(at::kDouble);
    const at::Tensor weights = nearness(present, parameters.number("width"));
    const auto fitTo = [&](const at::Tensor& scores) {
      const std::int64_t n = scores.size(0);
      return ridgeFit(x.narrow(0, 0, n), scores, weights.narrow(0, 0, n), kRidge);
    };
    const bool probability = parameters.text("score") == "probability";
    const auto scoreOf = [&](const at::Tensor& batch) {
      const at::Tensor rows = score.rows(batch);
      return probability ? score.probability(rows) : score.target(rows);
    };
    SegmentedPicture::SoFar soFar;
    if (score.query().preview)
      soFar = [&](const at::Tensor& scores) {
        score.query().preview({picture.mapOf(fitTo(scores).coefficients), {}, {picture.segments().note}});
      };
    const at::Tensor scores = picture.scores(present, scoreOf, progress, cancel, soFar);
    const LinearFit fit = fitTo(scores);
    const double whole = fit.intercept + fit.coefficients.sum().item<double>();
    Attribution answer;
    answer.map = picture.mapOf(fit.coefficients);
    answer.notes = {picture.segments().note,
                    "the linear model explains " + shown(100.0 * fit.r2) + " % of the score's variance (weighted R2)",
                    "score " + shown(scores[0].item<double>()) + ", by the linear model " + shown(whole)};
    if (auto best = picture.best(fit.coefficients, kBest)) answer.pictures.push_back(std::move(*best));
    return answer;
  }
};

}  // namespace

std::unique_ptr<AttributionMethod> makeLime() {
  MethodInfo info;
  info.id = "lime";
  info.title = "LIME";
  info.description =
      "Cuts the picture into superpixels, hides random halves of them and fits a linear model to the scores, in which "
      "samples nearer to the whole picture count more. A superpixel's value is its coefficient: what showing it adds. "
      "The weighted R2 in the notes says how far the network is linear there, and so how far to trust the values.";
  info.citation = "Ribeiro et al. 2016, arXiv:1602.04938";
  info.needsGradient = false;
  info.parameters = {
      {"samples",
       "Samples",
       "Pictures with hidden superpixels that are shown to the network; the authors' program uses 1000.",
       std::int64_t{1000},
       10,
       20000,
       {}},
      {"seed", "Seed", "Start of the random numbers.", std::int64_t{0}, 0, 2147483647, {}},
      baselineParameter(),
      {"score",
       "Score",
       "What the model is fitted to: the probability, as in the paper, or the score as it is.",
       std::string("probability"),
       0,
       0,
       {"probability", "logit"}},
      {"width",
       "Kernel width",
       "Of the Gaussian that weighs samples by their cosine distance to the whole picture; the authors use 0.25.",
       0.25,
       0.01,
       100.0,
       {}},
  };
  for (ParameterSpec& spec : segmentParameters()) info.parameters.push_back(std::move(spec));
  return std::make_unique<Lime>(std::move(info));
}

}  // namespace unitscope
