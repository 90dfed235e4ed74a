#include <vector>

#include "attribution/cam.h"
#include "attribution/image_method.h"
#include "attribution/methods.h"

namespace unitscope {
namespace {

class GradCamPlusPlus final : public ImageMethod {
 public:
  using ImageMethod::ImageMethod;

 private:
  /// With exp(score) as the differentiated quantity, the paper's second and third derivatives become powers of the
  /// gradient g: alpha = g^2 / (2 g^2 + sum(A) g^3). The factor exp(score) itself scales the whole map and is left out.
  Attribution explain(const ScoreFunction& score, const ParameterValues&, const Progress&,
                      const CancelToken&) const override {
    const ScoreFunction::AtLayer at = score.atLayer();
    const std::vector<std::int64_t> places{2, 3};
    const at::Tensor& g = at.gradient;
    const at::Tensor square = g * g;
    const at::Tensor total = at.activation.sum(places, /*keepdim=*/true);
    const at::Tensor below = 2.0 * square + total * square * g;
    const at::Tensor alpha = at::where(below != 0, square / below, at::zeros_like(below));
    const at::Tensor weights = (alpha * g.relu()).sum(places, /*keepdim=*/true);
    const at::Tensor parts = weights * at.activation;
    return {parts.sum(1, /*keepdim=*/true).relu(), channelMeans(parts), {}};
  }
};

}  // namespace

std::unique_ptr<AttributionMethod> makeGradCamPlusPlus() {
  MethodInfo info;
  info.id = "grad_cam_pp";
  info.title = "Grad-CAM++";
  info.description =
      "Grad-CAM with weights that count each place where a channel supports the class, however large it is, so that "
      "several objects and small ones get their due.";
  info.citation = "Chattopadhay et al. 2018, arXiv:1710.11063";
  info.usesLayer = true;
  info.isSigned = false;
  return std::make_unique<GradCamPlusPlus>(std::move(info));
}

}  // namespace unitscope
