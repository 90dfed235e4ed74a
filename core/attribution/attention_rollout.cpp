#include "attribution/attention_matrices.h"
#include "attribution/image_method.h"
#include "attribution/methods.h"

namespace unitscope {
namespace {

class AttentionRollout final : public ImageMethod {
 public:
  using ImageMethod::ImageMethod;

 private:
  Attribution explain(const ScoreFunction& score, const ParameterValues& parameters, const Progress&,
                      const CancelToken& cancel) const override {
    cancel.check();
    const at::NoGradGuard noGradients;
    const Attentions attentions = attentionsOf(score, false, info().id);
    const bool largest = parameters.text("heads") == "max";
    std::vector<at::Tensor> layers;
    for (const at::Tensor& whole : attentions.matrices) {
      const at::Tensor matrix = whole.flatten(0, -3);
      const at::Tensor joined = (largest ? matrix.amax(0) : matrix.mean(0)).to(at::kFloat);
      // The skip connection hands each token on as it is.
      const at::Tensor mixed = joined + at::eye(joined.size(0), joined.options());
      layers.push_back(mixed / mixed.sum(1, /*keepdim=*/true));
    }
    return {
        patchMap(attentions, rolledOut(layers)),
        {},
        {shown(attentions), "the same for every class (score here " + shown(attentions.scores.item<double>()) + ")"}};
  }
};

}  // namespace

std::unique_ptr<AttributionMethod> makeAttentionRollout() {
  MethodInfo info;
  info.id = "attention_rollout";
  info.title = "Attention rollout";
  info.description =
      "For vision transformers: the attention of all layers chained, with the skip connections as attention to "
      "oneself, "
      "which tells how much of each patch reaches the class token. It does not depend on the class.";
  info.citation = "Abnar & Zuidema 2020, arXiv:2005.00928";
  info.needsGradient = false;
  info.isSigned = false;
  info.parameters = {
      {"heads",
       "Heads",
       "How a layer's heads are joined: their mean, as in the paper, or the largest of them.",
       std::string("mean"),
       0,
       0,
       {"mean", "max"}},
  };
  return std::make_unique<AttentionRollout>(std::move(info));
}

}  // namespace unitscope
