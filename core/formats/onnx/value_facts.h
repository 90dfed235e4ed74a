#pragma once

#include <cstddef>
#include <optional>

#include "graph/graph.h"

namespace unitscope::onnxfile {

/// Rank of a value as the file declares it, or as the operators before it tell; nothing where neither does.
std::optional<std::size_t> knownRank(const Graph& graph, ValueId value);
/// The same for the element type; Undefined where it cannot be told.
DType knownType(const Graph& graph, ValueId value);

}  // namespace unitscope::onnxfile
