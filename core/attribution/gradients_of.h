#pragma once

#include <vector>

#include <ATen/ATen.h>

namespace unitscope {

/// d sum(scores) / d each of `places`, which are tensors that the scores were computed from with gradients on; zeros
/// for one that the scores do not depend on. LibTorch's problems come out as Errors, those of memory as OutOfMemory.
/// Throws Error where the scores have no gradient at all. The autograd graph is used up.
std::vector<at::Tensor> gradientsOf(const at::Tensor& scores, const std::vector<at::Tensor>& places);

}  // namespace unitscope
