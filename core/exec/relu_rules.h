#pragma once

#include <ATen/ATen.h>

namespace unitscope {

enum class ReluRule;

/// max(x, 0) whose backward pass follows the rule.
at::Tensor reluWithRule(const at::Tensor& x, ReluRule rule);

}  // namespace unitscope
