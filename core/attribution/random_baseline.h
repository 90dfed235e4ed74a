#pragma once

#include <cstdint>
#include <string>

#include <ATen/ATen.h>

#include "attribution/score.h"

namespace unitscope {

/// The parameter "baselines": from what expected_gradients draws.
ParameterSpec randomBaselinesParameter();

/// Random picture number `index` of a row, [1,C,H,W]: the picture with its patches shuffled, one colour between black
/// and white, or a blur of random width; "mixed" takes these in turn. Each number is seeded by itself, so that the
/// result does not depend on batches. Throws Error where the input is no picture.
at::Tensor randomBaseline(const ScoreFunction& score, const std::string& kind, std::int64_t seed, std::int64_t index);

}  // namespace unitscope
