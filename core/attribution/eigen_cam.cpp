#include "attribution/cam.h"
#include "attribution/image_method.h"
#include "attribution/layer_activation.h"
#include "attribution/methods.h"

namespace unitscope {
namespace {

/// First right singular vector [C] of the activations [places, C], found from the smaller of the two Gram matrices.
at::Tensor firstDirection(const at::Tensor& matrix) {
  const bool byChannel = matrix.size(1) <= matrix.size(0);
  const at::Tensor gram = byChannel ? at::mm(matrix.t(), matrix) : at::mm(matrix, matrix.t());
  // Eigenvalues come in rising order.
  const at::Tensor vector = std::get<1>(at::linalg_eigh(gram)).select(1, -1);
  const at::Tensor direction = byChannel ? vector : at::mv(matrix.t(), vector);
  return direction / direction.norm().clamp_min(1e-300);
}

class EigenCam final : public ImageMethod {
 public:
  using ImageMethod::ImageMethod;

 private:
  Attribution explain(const ScoreFunction& score, const ParameterValues&, const Progress&,
                      const CancelToken& cancel) const override {
    const at::NoGradGuard noGradients;
    cancel.check();
    const at::Tensor activation = layerActivation(score, score.image());
    const double value = score.target(score.rows(activation, score.query().layer)).item<double>();
    cancel.check();
    const at::Tensor matrix = activation[0].flatten(1).t().to(at::kCPU, at::kDouble).contiguous();
    at::Tensor direction = firstDirection(matrix);
    at::Tensor projection = at::mv(matrix, direction);
    const at::Tensor mean = matrix.mean(1);
    // The sign of a principal component is arbitrary: take the one that rises with the layer's mean activation.
    const double rising = ((projection - projection.mean()) * (mean - mean.mean())).sum().item<double>();
    if (rising < 0.0 || (rising == 0.0 && projection.sum().item<double>() < 0.0)) {
      projection = -projection;
      direction = -direction;
    }
    const double all = matrix.square().sum().item<double>();
    const double share = all > 0.0 ? projection.square().sum().item<double>() / all : 0.0;
    const at::Tensor parts = activation * direction.to(activation.device(), at::kFloat).reshape({1, -1, 1, 1});
    return {projection.to(at::kFloat).reshape({1, 1, activation.size(2), activation.size(3)}).relu(),
            channelMeans(parts),
            {"the same for every class (score here " + shown(value) + ")",
             "the component holds " + shown(100.0 * share) + "% of the activations' energy"}};
  }
};

}  // namespace

std::unique_ptr<AttributionMethod> makeEigenCam() {
  MethodInfo info;
  info.id = "eigen_cam";
  info.title = "Eigen-CAM";
  info.description =
      "The first principal component of a layer's activations, without centring: what most of its channels agree on. "
      "Needs neither gradient nor class, so it shows what the network sees, not why it chose this class.";
  info.citation = "Muhammad & Yeasin 2020, arXiv:2008.00299";
  info.usesLayer = true;
  info.needsGradient = false;
  info.isSigned = false;
  return std::make_unique<EigenCam>(std::move(info));
}

}  // namespace unitscope
