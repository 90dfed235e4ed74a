#include "attribution/cam.h"
#include "attribution/image_method.h"
#include "attribution/methods.h"

namespace unitscope {
namespace {

class LayerCam final : public ImageMethod {
 public:
  using ImageMethod::ImageMethod;

 private:
  Attribution explain(const ScoreFunction& score, const ParameterValues&, const Progress&,
                      const CancelToken&) const override {
    const ScoreFunction::AtLayer at = score.atLayer();
    const at::Tensor parts = at.gradient.relu() * at.activation;
    return {parts.sum(1, /*keepdim=*/true).relu(), channelMeans(parts), {}};
  }
};

}  // namespace

std::unique_ptr<AttributionMethod> makeLayerCam() {
  MethodInfo info;
  info.id = "layer_cam";
  info.title = "Layer-CAM";
  info.description =
      "Weights every place of a layer by its own positive gradient instead of one weight a channel, so that it also "
      "works at early layers, where it shows fine detail.";
  info.citation = "Jiang et al. 2021, doi:10.1109/TIP.2021.3089943";
  info.usesLayer = true;
  info.isSigned = false;
  return std::make_unique<LayerCam>(std::move(info));
}

}  // namespace unitscope
