#pragma once

#include <ATen/ATen.h>

namespace unitscope {

/// d sum / d leaf, zeros where the sum does not depend on it. Throws Error where nothing on the way has a gradient,
/// OutOfMemory where the memory did not suffice.
at::Tensor slopeOf(const at::Tensor& sum, const at::Tensor& leaf);

}  // namespace unitscope
