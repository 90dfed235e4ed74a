#pragma once

#include <ATen/ATen.h>

namespace unitscope {

/// [3,3] matrix that takes decorrelated colours to RGB: a square root of the covariance of colours in natural pictures,
/// divided by its largest column norm (Olah et al. 2017; Lucid's values).
at::Tensor colourMatrix();

/// Values of any size [N,C,H,W] as colours between 0 and 1: mixed by the matrix where `decorrelated` and C is 3, then
/// a sigmoid. Differentiable.
at::Tensor coloursFrom(const at::Tensor& values, bool decorrelated);

}  // namespace unitscope
