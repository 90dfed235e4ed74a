#pragma once

#include "exec/ops/helpers.h"

namespace unitscope::ops {

/// ONNX's Conv of x [N,C,...] with weights [O,C/group,...] and bias [O] (may be undefined), by the call's attributes.
at::Tensor convolve(const OpCall& call, const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias);

}  // namespace unitscope::ops
