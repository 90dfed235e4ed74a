#include <vector>

#include "attribution/cam.h"
#include "attribution/image_method.h"
#include "attribution/methods.h"

namespace unitscope {
namespace {

class XGradCam final : public ImageMethod {
 public:
  using ImageMethod::ImageMethod;

 private:
  Attribution explain(const ScoreFunction& score, const ParameterValues&, const Progress&,
                      const CancelToken&) const override {
    const ScoreFunction::AtLayer at = score.atLayer();
    const std::vector<std::int64_t> places{2, 3};
    const at::Tensor sums = at.activation.sum(places, /*keepdim=*/true);
    const at::Tensor shares = (at.gradient * at.activation).sum(places, /*keepdim=*/true);
    // A channel that is silent, or whose values cancel, has no mean gradient in this sense.
    const at::Tensor silent = sums.abs() <= 1e-6 * at.activation.abs().sum(places, /*keepdim=*/true);
    const at::Tensor weights =
        at::where(silent, at::zeros_like(sums), shares / at::where(silent, at::ones_like(sums), sums));
    const at::Tensor parts = weights * at.activation;
    return {parts.sum(1, /*keepdim=*/true).relu(), channelMeans(parts), {}};
  }
};

}  // namespace

std::unique_ptr<AttributionMethod> makeXGradCam() {
  MethodInfo info;
  info.id = "xgrad_cam";
  info.title = "XGrad-CAM";
  info.description =
      "Grad-CAM with each place's gradient weighted by the activation there, so that the channels' shares sum to what "
      "activation times gradient gives. A gradient where the channel is silent no longer counts.";
  info.citation = "Fu et al. 2020, arXiv:2008.02312";
  info.usesLayer = true;
  info.isSigned = false;
  return std::make_unique<XGradCam>(std::move(info));
}

}  // namespace unitscope
