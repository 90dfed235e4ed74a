#include "attribution/image_method.h"
#include "attribution/methods.h"
#include "attribution/relevance/relevance_pass.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

RelevanceRules excitationRules() {
  RelevanceRules rules;
  rules.dense = rules.convolution = LinearRule::Excitation;
  rules.excitation = true;
  return rules;
}

class ExcitationBackprop final : public ImageMethod {
 public:
  using ImageMethod::ImageMethod;

 private:
  Attribution explain(const ScoreFunction& score, const ParameterValues& parameters, const Progress& progress,
                      const CancelToken& cancel) const override {
    const ValueId layer = score.query().layer;
    if (layer == kNoValue) throw Error("layer", "the network has no layer with spatial extent to look at");
    const RelevanceStop stop{layer, {}, false};
    const bool contrastive = parameters.flag("contrastive");
    const RelevanceFlow flow = propagateRelevance(score, score.image(), excitationRules(), stop,
                                                  contrastive ? progress.part(0.0, 0.5) : progress, cancel);
    if (flow.atLayer.dim() != 4)
      throw Error(score.query().executor.graph().value(layer).name,
                  "is no feature map: its shape is " + toString(flow.atLayer.sizes().vec()));
    at::Tensor winning = flow.atLayer;
    std::vector<std::string> notes{"the layer's units hold " + shown(totalOf(winning)) + " of " +
                                   shown(totalOf(flow.started))};
    if (contrastive) {
      RelevanceRules rules = excitationRules();
      rules.last = LinearRule::Inhibition;
      const at::Tensor contrast =
          propagateRelevance(score, score.image(), rules, stop, progress.part(0.5, 1.0), cancel).atLayer;
      notes.push_back("what speaks against the class holds " + shown(totalOf(contrast)));
      winning = winning - contrast;
    }
    at::Tensor map = winning.sum(1, /*keepdim=*/true);
    if (contrastive) map = map.clamp_min(0);
    return {map, relevanceOfChannels(winning), std::move(notes), {}, {}};
  }
};

}  // namespace

std::unique_ptr<AttributionMethod> makeExcitationBackprop() {
  MethodInfo info;
  info.id = "excitation_backprop";
  info.title = "Excitation backprop";
  info.description =
      "How likely each place of a layer is to win when the class asks, layer by layer, who excited it: positive "
      "weights and activations alone count. The contrastive form takes off what would have excited the opposite of "
      "the class.";
  info.citation = "Zhang et al. 2016, arXiv:1608.00507";
  info.usesLayer = true;
  info.isSigned = false;
  info.parameters = {{"contrastive",
                      "Contrastive",
                      "Take off the map of the class with its last weights negated, and cut below zero.",
                      false,
                      0,
                      0,
                      {}}};
  return std::make_unique<ExcitationBackprop>(std::move(info));
}

}  // namespace unitscope
