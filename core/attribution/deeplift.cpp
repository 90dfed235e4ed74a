#include "attribution/baseline.h"
#include "attribution/deeplift_rules.h"
#include "attribution/gradients_of.h"
#include "attribution/image_method.h"
#include "attribution/methods.h"

namespace unitscope {
namespace {

class DeepLift final : public ImageMethod {
 public:
  using ImageMethod::ImageMethod;

 private:
  Attribution explain(const ScoreFunction& score, const ParameterValues& parameters, const Progress& progress,
                      const CancelToken& cancel) const override {
    const at::Tensor& image = score.image();
    const at::Tensor base = baselineFor(score, parameters.text("baseline"));
    const bool likeCaptum = parameters.text("rules") == "captum";
    DeepLiftRules rules(score.query().executor.graph(), likeCaptum);
    const auto scoreOf = [&](const at::Tensor& picture, OpOverride override) {
      RunRequest run = score.request(picture);
      run.gradients = true;
      run.override = std::move(override);
      const at::Tensor output = score.query().executor.run(run).front();
      // Fed with the output itself, this only averages its places.
      return score.target(score.rowsWithGradient(output, score.query().output));
    };
    cancel.check();
    progress.report(0.0, "On the baseline");
    const double before = scoreOf(base, rules.recording()).item<double>();
    cancel.check();
    progress.report(0.3, "On the picture");
    const at::AutoGradMode gradients(true);
    const at::Tensor leaf = image.detach().requires_grad_(true);
    const at::Tensor now = scoreOf(leaf, rules.rules());
    cancel.check();
    progress.report(0.7, "Back to the picture");
    const at::Tensor map = gradientsOf(now, {leaf}).front() * (image - base);

    const double sum = map.sum(at::kDouble).item<double>();
    const double change = now.item<double>() - before;
    std::vector<std::string> notes{"completeness error " + shown(sum - change) + " (sum of the map " + shown(sum) +
                                   ", change of the score from the baseline " + shown(change) + ")"};
    std::string names;
    for (const std::string& name : rules.withoutRule()) names += (names.empty() ? "" : ", ") + name;
    if (!names.empty()) notes.push_back("no rule, so by their gradient: " + names);
    return {map, {}, std::move(notes)};
  }
};

}  // namespace

std::unique_ptr<AttributionMethod> makeDeepLift() {
  MethodInfo info;
  info.id = "deeplift";
  info.title = "DeepLIFT";
  info.description =
      "Compares the picture with a baseline at every unit and hands the change of the score back by how much each unit "
      "changed, instead of by its gradient (rescale rule; where two changing values are multiplied, each gets half of "
      "their joint part). As fast as a gradient. With complete rules the values sum to the change of the score.";
  info.citation = "Shrikumar et al. 2017, arXiv:1704.02685";
  info.parameters = {
      {"rules",
       "Rules",
       "As Captum applies them, where max-pooling loses some: it passes the gradient if it follows directly on an "
       "activation, and a place that is the maximum of several windows answers for one of them; or complete, so that "
       "the sum is exact.",
       std::string("captum"),
       0,
       0,
       {"captum", "complete"}},
      baselineParameter(),
  };
  return std::make_unique<DeepLift>(std::move(info));
}

}  // namespace unitscope
