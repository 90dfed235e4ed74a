#pragma once

#include <ATen/ATen.h>

#include "runtime/progress.h"

namespace unitscope {

/// Fills holes of a picture so that each missing pixel is the weighted mean of its eight neighbours (direct ones weigh
/// twice as much as diagonal ones), missing ones included: a smooth continuation that does not give away the hole's
/// shape (Rong et al. 2022, arXiv:2202.00449). `image` is [1,C,H,W], `missing` [B,1,H,W] bool; the result is
/// [B,C,H,W]. Solved by conjugate gradients, to a hundredth of the start's residual. A picture that is missing
/// altogether becomes 0.
at::Tensor imputed(const at::Tensor& image, const at::Tensor& missing, const CancelToken& cancel);

}  // namespace unitscope
