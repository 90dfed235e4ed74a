#include "attribution/cam.h"
#include "attribution/image_method.h"
#include "attribution/methods.h"
#include "attribution/relu_nodes.h"

namespace unitscope {
namespace {

class GuidedGradCam final : public ImageMethod {
 public:
  using ImageMethod::ImageMethod;

 private:
  Attribution explain(const ScoreFunction& score, const ParameterValues& parameters, const Progress& progress,
                      const CancelToken& cancel) const override {
    score.requirePicture(info().id);
    const at::Tensor& image = score.image();
    const at::Tensor cam = gradCam(score.atLayer());
    progress.report(0.5, "Guided backprop");
    cancel.check();
    const at::Tensor guided = score.gradient(image, ReluRule::Guided).gradient;
    const std::vector<std::int64_t> size{image.size(2), image.size(3)};
    const at::Tensor large = parameters.text("upsampling") == "bilinear"
                                 ? at::upsample_bilinear2d(cam, size, /*align_corners=*/false)
                                 : at::upsample_nearest2d(cam, size);
    return {guided * large, {}, reluNotes(score.query())};
  }
};

}  // namespace

std::unique_ptr<AttributionMethod> makeGuidedGradCam() {
  MethodInfo info;
  info.id = "guided_grad_cam";
  info.title = "Guided Grad-CAM";
  info.description = "Guided backprop times the enlarged Grad-CAM: the one's detail, where the other finds the class.";
  info.citation = "Selvaraju et al. 2017, arXiv:1610.02391";
  info.usesLayer = true;
  info.parameters = {{"upsampling",
                      "Upsampling",
                      "How Grad-CAM is enlarged: nearest as Captum does it, or bilinear as in the paper.",
                      std::string("nearest"),
                      0,
                      0,
                      {"nearest", "bilinear"}}};
  return std::make_unique<GuidedGradCam>(std::move(info));
}

}  // namespace unitscope
