#include "attribution/perturbation/descent.h"

#include <cmath>

namespace unitscope {
namespace {

constexpr double kBeta1 = 0.9;
constexpr double kBeta2 = 0.999;
constexpr double kEpsilon = 1e-8;

}  // namespace

void MomentumDescent::step(at::Tensor& x, const at::Tensor& gradient) {
  const at::NoGradGuard still;
  if (velocity_.defined())
    velocity_.mul_(momentum_).add_(gradient, 1.0 - momentum_);
  else
    velocity_ = gradient.clone();
  x.sub_(velocity_, rate_);
}

void AdamDescent::step(at::Tensor& x, const at::Tensor& gradient) {
  const at::NoGradGuard still;
  if (!mean_.defined()) {
    mean_ = at::zeros_like(x);
    square_ = at::zeros_like(x);
  }
  ++steps_;
  mean_.mul_(kBeta1).add_(gradient, 1.0 - kBeta1);
  square_.mul_(kBeta2).addcmul_(gradient, gradient, 1.0 - kBeta2);
  const auto n = static_cast<double>(steps_);
  const at::Tensor spread = (square_ / (1.0 - std::pow(kBeta2, n))).sqrt().add_(kEpsilon);
  x.addcdiv_(mean_, spread, -rate_ / (1.0 - std::pow(kBeta1, n)));
}

}  // namespace unitscope
