#pragma once

#include "graph/graph.h"

namespace unitscope::onnxfile {

/// The same graph with operators of our own domain replaced by ONNX's: adaptive pooling becomes global pooling, plain
/// pooling, or (averages) two matrix products, whose matrices the graph makes where the input's size is open; Swish is
/// taken apart, since few programs know operator set 24. Value ids stay. Throws Error naming the node where ONNX has no
/// equivalent.
Graph withPlainOperators(const Graph& graph);

}  // namespace unitscope::onnxfile
