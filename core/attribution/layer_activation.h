#pragma once

#include <ATen/ATen.h>

#include "attribution/score.h"

namespace unitscope {

/// Activation [B,C,h,w] of the query's layer for pictures [B,...], without gradient. Throws Error where there is no
/// layer, or where it is no feature map.
at::Tensor layerActivation(const ScoreFunction& score, const at::Tensor& pictures);

}  // namespace unitscope
