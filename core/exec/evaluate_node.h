#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exec/executor.h"

namespace unitscope {

/// Evaluates one node: the override first, ReLUs by their rule, then the operator. What LibTorch throws comes out
/// as Error naming the node, or OutOfMemory. An operator that has no kernel for
/// float16 or bfloat16 is run in float32.
std::vector<at::Tensor> evaluateNode(const OpCall& call, const OpFunction* function, ReluRule relu,
                                     const OpOverride& override);

/// LibTorch's messages carry stack traces; people need the first sentence.
std::string firstLine(std::string_view message);

}  // namespace unitscope
