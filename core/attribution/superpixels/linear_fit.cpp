#include "attribution/superpixels/linear_fit.h"

namespace unitscope {
namespace {

// Below this share of the largest eigenvalue a direction counts as one that the samples say nothing about.
constexpr double kRankTolerance = 1e-10;

}  // namespace

LinearFit ridgeFit(const at::Tensor& x, const at::Tensor& y, const at::Tensor& weights, double alpha) {
  const at::Tensor share = weights / weights.sum();
  const at::Tensor meanX = at::mv(x.t(), share);
  const at::Tensor meanY = share.dot(y);
  const at::Tensor centred = x - meanX;
  const at::Tensor weighted = centred * weights.unsqueeze(1);
  const at::Tensor normal = at::mm(weighted.t(), centred) + alpha * at::eye(x.size(1), x.options());
  const at::Tensor right = at::mm(weighted.t(), (y - meanY).unsqueeze(1));
  LinearFit fit;
  fit.coefficients = at::linalg_solve(normal, right).squeeze(1);
  fit.intercept = (meanY - meanX.dot(fit.coefficients)).item<double>();
  const double left = share.dot((y - meanY - at::mv(centred, fit.coefficients)).square()).item<double>();
  const double whole = share.dot((y - meanY).square()).item<double>();
  fit.r2 = whole > 0.0 ? 1.0 - left / whole : 1.0;
  return fit;
}

at::Tensor leastSquaresOfSum(const at::Tensor& x, const at::Tensor& y, const at::Tensor& weights, double sum) {
  // Equal shares keep the sum; what is added to them must lie in the plane of sum zero, onto which rows of x are
  // projected. The pseudo-inverse leaves out the plane's normal, and whatever the samples do not determine.
  const double equal = sum / static_cast<double>(x.size(1));
  const at::Tensor inPlane = x - x.mean(1, /*keepdim=*/true);
  const at::Tensor weighted = inPlane * weights.unsqueeze(1);
  const at::Tensor residual = (y - equal * x.sum(1)).unsqueeze(1);
  const at::Tensor inverse = at::linalg_pinv(at::mm(weighted.t(), inPlane), kRankTolerance, /*hermitian=*/true);
  at::Tensor change = at::mm(inverse, at::mm(weighted.t(), residual)).squeeze(1);
  change = change - change.mean();
  return change + equal;
}

}  // namespace unitscope
