#pragma once

#include <ATen/ATen.h>

namespace unitscope {

// Penalties of pictures [N,C,H,W] between 0 and 1, one for each picture, [N]. Differentiable.

/// Mean distance from grey.
at::Tensor greyness(const at::Tensor& pictures);
/// Mean absolute difference of neighbouring pixels (total variation).
at::Tensor variation(const at::Tensor& pictures);
/// Mean squared distance from the same picture blurred a little, which is taken as given (Lucid).
at::Tensor sharpness(const at::Tensor& pictures);

/// Share of the energy of the luminance's spectrum, its mean aside, at frequencies above half the highest, 1/4 cycle a
/// pixel: [N]. Tells pictures that win by fine noise.
at::Tensor fineShare(const at::Tensor& pictures);

}  // namespace unitscope
