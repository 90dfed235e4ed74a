#include "attribution/attention_matrices.h"
#include "attribution/gradients_of.h"
#include "attribution/image_method.h"
#include "attribution/methods.h"

namespace unitscope {
namespace {

class GradientXAttention final : public ImageMethod {
 public:
  using ImageMethod::ImageMethod;

 private:
  Attribution explain(const ScoreFunction& score, const ParameterValues&, const Progress&,
                      const CancelToken& cancel) const override {
    cancel.check();
    const Attentions attentions = attentionsOf(score, true, info().id);
    cancel.check();
    const std::vector<at::Tensor> gradients = gradientsOf(attentions.scores, attentions.matrices);
    const at::NoGradGuard noGradients;
    std::vector<at::Tensor> layers;
    for (std::size_t i = 0; i < gradients.size(); ++i) {
      const at::Tensor relevant =
          (gradients[i] * attentions.matrices[i].detach()).flatten(0, -3).relu().mean(0).to(at::kFloat);
      // Added to what has arrived already, not mixed with it.
      layers.push_back(relevant + at::eye(relevant.size(0), relevant.options()));
    }
    const at::Tensor flow = rolledOut(layers);
    return {patchMap(attentions, flow - at::eye(flow.size(0), flow.options())), {}, {shown(attentions)}};
  }
};

}  // namespace

std::unique_ptr<AttributionMethod> makeGradientXAttention() {
  MethodInfo info;
  info.id = "gradient_x_attention";
  info.title = "Gradient x attention";
  info.description =
      "For vision transformers: attention times the score's gradient by it, only what supports the class, averaged "
      "over "
      "the heads and chained through the layers. Unlike plain rollout it is specific to the class.";
  info.citation = "Chefer et al. 2021, arXiv:2103.15679";
  info.isSigned = false;
  return std::make_unique<GradientXAttention>(std::move(info));
}

}  // namespace unitscope
