#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.h"

namespace unitscope {

/// What a person calls a layer: a module of the exported network ("features.12"), or a node where the exporter kept
/// no modules. Its output is that of the last node in its scope.
struct Layer {
  std::string name;  ///< dotted path, or node or value name
  std::string op;    ///< operator of its main node, the one with weights ("Conv", "Gemm"); "" for a module of several
  ValueId output = kNoValue;
  std::vector<NodeId> nodes;  ///< all nodes in it and in its parts, in order
  int parent = -1;            ///< index of the enclosing layer, -1 at the top
  int depth = 0;
  std::int64_t parameters = 0;  ///< elements of the trainable values that its nodes read
  bool plumbing = false;        ///< Reshape, Constant and the like: hidden by default
};

/// The layers of a graph, modules before their parts, in the order of evaluation.
std::vector<Layer> findLayers(const Graph& graph);

/// The value that `name` addresses: a layer, else a value name, else "output" (the first graph output) or "input".
/// Throws Error with the nearest known names when there is none.
ValueId resolveLayer(const Graph& graph, const std::vector<Layer>& layers, std::string_view name);

/// Module path hidden in a node name of PyTorch's ONNX exporters ("/features/features.3/squeeze/Conv" gives
/// "features.3.squeeze"); empty when there is none.
std::string scopeFromNodeName(std::string_view nodeName);
/// Module path of a parameter name ("features.3.squeeze.weight" gives "features.3.squeeze"); empty when there is
/// none.
std::string scopeFromParameterName(std::string_view parameterName);

}  // namespace unitscope
