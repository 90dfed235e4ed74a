#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exec/executor.h"

namespace unitscope {

/// Evaluates one node: the override first, ReLUs by their rule, then the operator. What LibTorch throws comes out
/// as Error naming the node, or OutOfMemory. With `bfloat16`, an operator that has no such kernel is run in float32.
std::vector<at::Tensor> evaluateNode(const OpCall& call, const OpFunction* function, ReluRule relu,
                                     const OpOverride& override, bool bfloat16);

/// LibTorch's messages carry stack traces; people need the first sentence.
std::string firstLine(std::string_view message);

}  // namespace unitscope
