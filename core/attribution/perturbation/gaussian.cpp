#include "attribution/perturbation/gaussian.h"

#include <cmath>

namespace unitscope {
namespace {

constexpr double kReach = 4.0;  // in sigmas

/// [length,length], by which a column of places is multiplied. A product with the whole matrix is faster than a
/// convolution here: kernels are as wide as the picture.
at::Tensor blurMatrix(std::int64_t length, double sigma, BlurBorder border, const at::TensorOptions& options) {
  const at::Tensor place = at::arange(length, at::kDouble);
  const at::Tensor distance = (place.unsqueeze(1) - place.unsqueeze(0)).abs();
  const double reach = std::ceil(kReach * sigma);
  const at::Tensor all = (at::arange(-reach, reach + 1.0, at::kDouble).square() / (-2.0 * sigma * sigma)).exp();
  const at::Tensor matrix = (distance.square() / (-2.0 * sigma * sigma)).exp() * distance.le(reach);
  const at::Tensor sum = border == BlurBorder::Zero ? all.sum() : matrix.sum(1, /*keepdim=*/true);
  return (matrix / sum).to(options);
}

}  // namespace

at::Tensor gaussianBlur(const at::Tensor& maps, double sigma, BlurBorder border) {
  if (sigma <= 0.0) return maps;
  const at::TensorOptions options = maps.options().requires_grad(false);
  const at::Tensor down = blurMatrix(maps.size(-2), sigma, border, options);
  const at::Tensor across = blurMatrix(maps.size(-1), sigma, border, options);
  return at::matmul(at::matmul(down, maps), across.transpose(0, 1));
}

}  // namespace unitscope
