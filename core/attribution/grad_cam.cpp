#include "attribution/cam.h"
#include "attribution/image_method.h"
#include "attribution/methods.h"

namespace unitscope {

at::Tensor gradCam(const ScoreFunction::AtLayer& at) {
  const at::Tensor weights = at.gradient.mean(at::IntArrayRef{2, 3}, /*keepdim=*/true);
  return (weights * at.activation).sum(1, /*keepdim=*/true).relu();
}

std::vector<float> channelMeans(const at::Tensor& perPlace) {
  const at::Tensor means = perPlace.mean(at::IntArrayRef{0, 2, 3}).to(at::kCPU, at::kFloat).contiguous();
  const auto* first = means.data_ptr<float>();
  return {first, first + means.numel()};
}

namespace {

class GradCam final : public ImageMethod {
 public:
  using ImageMethod::ImageMethod;

 private:
  Attribution explain(const ScoreFunction& score, const ParameterValues&, const Progress&,
                      const CancelToken&) const override {
    const ScoreFunction::AtLayer at = score.atLayer();
    const at::Tensor weights = at.gradient.mean(at::IntArrayRef{2, 3}, /*keepdim=*/true);
    return {gradCam(at), channelMeans(weights * at.activation), {}};
  }
};

}  // namespace

std::unique_ptr<AttributionMethod> makeGradCam() {
  MethodInfo info;
  info.id = "grad_cam";
  info.title = "Grad-CAM";
  info.description =
      "Each channel of a late layer, weighted by how much the score rises with it, added up; what speaks against the "
      "class is cut. Coarse, dependable, and specific to the class.";
  info.citation = "Selvaraju et al. 2017, arXiv:1610.02391";
  info.usesLayer = true;
  info.isSigned = false;
  return std::make_unique<GradCam>(std::move(info));
}

}  // namespace unitscope
