#pragma once

#include <ATen/ATen.h>

namespace unitscope {

/// What a Gaussian meets beyond the border of a map.
enum class BlurBorder {
  Zero,  ///< nothing: the map fades towards its borders. As TorchRay blurs pictures
  Open,  ///< the map alone counts: a constant map stays what it is
};

/// Maps [...,H,W] blurred by a Gaussian of `sigma` places, cut off at four sigma. Differentiable. A sigma of zero
/// gives the maps back.
at::Tensor gaussianBlur(const at::Tensor& maps, double sigma, BlurBorder border);

}  // namespace unitscope
