#pragma once

#include <ATen/ATen.h>

namespace unitscope {

/// A linear model of scores over segments that are present or absent. All tensors are float64 on the CPU.
struct LinearFit {
  at::Tensor coefficients;  ///< [M]
  double intercept = 0.0;
  double r2 = 0.0;  ///< weighted coefficient of determination on the samples; 1 where the scores do not vary
};

/// Weighted ridge regression with an intercept that is not penalised: minimises
/// sum w (y - b0 - x b)^2 + alpha |b|^2 for x [n,M], y [n], w [n].
LinearFit ridgeFit(const at::Tensor& x, const at::Tensor& y, const at::Tensor& weights, double alpha);

/// Weighted least squares of y on x without intercept whose coefficients sum to `sum`; the smallest in norm where the
/// samples leave several. Returns [M].
at::Tensor leastSquaresOfSum(const at::Tensor& x, const at::Tensor& y, const at::Tensor& weights, double sum);

}  // namespace unitscope
