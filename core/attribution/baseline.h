#pragma once

#include <ATen/ATen.h>

#include "attribution/score.h"

namespace unitscope {

/// The parameter "baseline": what stands for an absent pixel.
ParameterSpec baselineParameter();

/// The picture of absence that the choice names, [1,C,H,W]. Throws Error where the model card does not say what black
/// and white are, or where a blur is asked of something that is no picture.
at::Tensor baselineFor(const ScoreFunction& score, const std::string& choice);

}  // namespace unitscope
