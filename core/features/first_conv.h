#pragma once

#include <optional>
#include <vector>

#include "exec/operator.h"

namespace unitscope {

/// A convolution with a stride over few channels, as networks begin with, whose gradient by its input is computed as a
/// convolution of another kind: each of the stride's phases is one without a stride over many channels, which oneDNN
/// does more than twice as fast as what it has for this. Nothing for other nodes.
std::optional<std::vector<at::Tensor>> firstConvolution(const OpCall& call);

}  // namespace unitscope
