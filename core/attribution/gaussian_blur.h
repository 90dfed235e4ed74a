#pragma once

#include <ATen/ATen.h>

namespace unitscope {

/// `picture` [N,C,H,W] blurred with a Gaussian of this standard deviation in pixels, cut at three of them (or where the
/// picture ends), the picture reflected at its border. sigma > 0.
at::Tensor gaussianBlur(const at::Tensor& picture, double sigma);

}  // namespace unitscope
