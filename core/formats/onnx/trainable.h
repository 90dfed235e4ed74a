#pragma once

#include <unordered_set>

#include "graph/graph.h"

namespace unitscope::onnxfile {

/// Tells weights from mere constants: floating-point initialisers, unless they are scalars without a parameter's name
/// or only steer an operator (scales of Resize, bounds of Clip), and whatever stands where an operator expects its
/// weights.
void markWeights(Graph& graph, const std::unordered_set<ValueId>& initialisers);

}  // namespace unitscope::onnxfile
