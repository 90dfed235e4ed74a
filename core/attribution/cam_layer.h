#pragma once

#include <unordered_map>
#include <vector>

#include "exec/executor.h"

namespace unitscope {

using ValueShapes = std::unordered_map<ValueId, Executor::ValueInfo>;

/// Values between `input` and `output` that are feature maps: [N,C,H,W] with more than one place, produced or read
/// by operators that work on places (so attention matrices and split heads do not count), and from which the input
/// can be reached. In the order of evaluation.
std::vector<ValueId> featureMaps(const Graph& graph, const ValueShapes& shapes, ValueId input, ValueId output);

/// The layer that CAM methods use unless told otherwise: the last feature map that the classifier head reads, the head
/// being what follows the last operator with weights. For SqueezeNet that is features.12, not the score maps of its
/// final convolution; for ResNet the last block. Values that merely pass on another (dropout) give way to that.
/// kNoValue where the network has no feature map.
ValueId defaultCamLayer(const Graph& graph, const ValueShapes& shapes, ValueId input, ValueId output);

}  // namespace unitscope
