#include "attribution/image_method.h"
#include "attribution/methods.h"
#include "attribution/relu_nodes.h"

namespace unitscope {
namespace {

class GuidedBackprop final : public ImageMethod {
 public:
  using ImageMethod::ImageMethod;

 private:
  Attribution explain(const ScoreFunction& score, const ParameterValues&, const Progress&,
                      const CancelToken&) const override {
    return {score.gradient(score.image(), ReluRule::Guided).gradient, {}, reluNotes(score.query())};
  }
};

}  // namespace

std::unique_ptr<AttributionMethod> makeGuidedBackprop() {
  MethodInfo info;
  info.id = "guided_backprop";
  info.title = "Guided backprop";
  info.description =
      "The gradient with a change: a ReLU passes it back only where it was active and where the gradient is positive. "
      "Sharp, "
      "but close to a drawing of the edges: it depends less on the class than it seems (Adebayo et al. 2018).";
  info.citation = "Springenberg et al. 2015, arXiv:1412.6806";
  return std::make_unique<GuidedBackprop>(std::move(info));
}

}  // namespace unitscope
