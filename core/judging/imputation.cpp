#include "judging/imputation.h"

namespace unitscope {
namespace {

constexpr int kMostIterations = 600;
constexpr double kSmallEnough = 1e-4;  // of the squared residual
constexpr int kLook = 8;               // iterations from one look at it to the next

}  // namespace

at::Tensor imputed(const at::Tensor& image, const at::Tensor& missing, const CancelToken& cancel) {
  const at::NoGradGuard noGradients;
  const std::int64_t batch = missing.size(0), channels = image.size(1), height = image.size(2), width = image.size(3);
  const double d = 1.0 / 6.0, c = 1.0 / 12.0;
  const at::Tensor kernel =
      at::tensor({c, d, c, d, 0.0, d, c, d, c}, at::kDouble).to(image.options()).reshape({1, 1, 3, 3});
  const auto neighbours = [&](const at::Tensor& planes) {
    return at::conv2d(planes.reshape({-1, 1, height, width}), kernel, {}, at::IntArrayRef{1, 1}, at::IntArrayRef{1, 1})
        .reshape({batch, channels, height, width});
  };
  const at::Tensor hole = missing.to(image.device()).to(image.scalar_type());
  // Borders have fewer neighbours; with the weights left as they are the system stays symmetric.
  const at::Tensor weight = at::conv2d(at::ones({1, 1, height, width}, image.options()), kernel, {},
                                       at::IntArrayRef{1, 1}, at::IntArrayRef{1, 1});
  const at::Tensor known = image * (1 - hole);
  const auto apply = [&](const at::Tensor& u) { return hole * (weight * u - neighbours(u)); };
  const auto dot = [](const at::Tensor& a, const at::Tensor& b) { return (a * b).sum({1, 2, 3}, /*keepdim=*/true); };

  at::Tensor u = at::zeros({batch, channels, height, width}, image.options());
  at::Tensor residual = hole * neighbours(known);
  at::Tensor direction = residual;
  at::Tensor size = dot(residual, residual);
  const at::Tensor enough = size * kSmallEnough;
  for (int i = 0; i < kMostIterations; ++i) {
    if (i % kLook == 0) {
      cancel.check();
      if (size.le(enough).all().item<bool>()) break;
    }
    const at::Tensor applied = apply(direction);
    const at::Tensor curvature = dot(direction, applied);
    // Pictures of the batch that are done stay as they are.
    const at::Tensor rate = at::where(size.gt(enough), size / curvature.clamp_min(1e-30), at::zeros_like(size));
    u = u + rate * direction;
    residual = residual - rate * applied;
    const at::Tensor next = dot(residual, residual);
    direction = residual + (next / size.clamp_min(1e-30)) * direction;
    size = next;
  }
  return known + u;
}

}  // namespace unitscope
