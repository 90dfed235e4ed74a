#include "attribution/cam.h"
#include "attribution/image_method.h"
#include "attribution/methods.h"

namespace unitscope {
namespace {

class LinearApproximation final : public ImageMethod {
 public:
  using ImageMethod::ImageMethod;

 private:
  Attribution explain(const ScoreFunction& score, const ParameterValues&, const Progress&,
                      const CancelToken&) const override {
    const ScoreFunction::AtLayer at = score.atLayer();
    const at::Tensor parts = at.gradient * at.activation;
    return {parts.sum(1, /*keepdim=*/true), channelMeans(parts), {}};
  }
};

}  // namespace

std::unique_ptr<AttributionMethod> makeLinearApproximation() {
  MethodInfo info;
  info.id = "linear_approximation";
  info.title = "Linear approximation";
  info.description =
      "Activation times gradient at a layer, added over channels: each place's share of the score if everything behind "
      "the layer were linear. Signed: what speaks against the class stays visible.";
  info.citation = "Kindermans et al. 2016, arXiv:1611.07270; as in TorchRay";
  info.usesLayer = true;
  return std::make_unique<LinearApproximation>(std::move(info));
}

}  // namespace unitscope
