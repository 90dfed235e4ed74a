#pragma once

#include <ATen/ATen.h>

namespace unitscope {

/// Each picture [N,C,H,W] mirrored left to right with probability one half; `mask` [N] (bool) says which were.
struct Flipped {
  at::Tensor pictures, mask;
};
Flipped flipAtRandom(const at::Tensor& pictures);
/// The same pictures' class maps [N,H,W].
at::Tensor flipLike(const at::Tensor& maps, const at::Tensor& mask);

/// Each picture moved by up to `most` pixels in both directions; what comes in at the edges is `fill`.
at::Tensor shiftAtRandom(const at::Tensor& pictures, std::int64_t most, double fill);

}  // namespace unitscope
