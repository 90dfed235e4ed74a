#pragma once

#include <ATen/ATen.h>

namespace unitscope {

/// Structural similarity (Wang et al. 2004) of two maps [h,w] of non-negative values, each divided by its largest:
/// Gaussian windows of 11 places (fewer in small maps), sigma 1.5, k1 0.01, k2 0.03; 1 for equal maps.
double structuralSimilarity(const at::Tensor& a, const at::Tensor& b);

/// Spearman's rank correlation of two tensors of one shape, ties sharing their mean rank; NaN where one is constant.
double rankCorrelation(const at::Tensor& a, const at::Tensor& b);

}  // namespace unitscope
