#pragma once

#include "graph/graph.h"

namespace unitscope::onnxfile {

/// The lowest ONNX operator set, 18 at least, in which every node means what it means here.
int requiredOpset(const Graph& graph);
/// The IR version that came with an operator set.
int irVersionFor(int opset);

}  // namespace unitscope::onnxfile
