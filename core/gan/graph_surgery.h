#pragma once

#include <cstdint>
#include <string>

#include "graph/graph.h"

namespace unitscope {

/// The same network in which each reader of `w` [N,D] takes its own row of a new value "w_plus" [N,L,D], into which w
/// is repeated: what StyleGAN calls w+, for files in which all layers share one w. Throws Error where there is no such
/// value or nothing reads it.
Graph splitStyles(const Graph& graph, const std::string& w);

/// One network of two: the first output of `mapping` becomes the first input without data of `synthesis` that has no
/// spatial extent. Names that both use get a suffix in the second. Throws Error where the sizes cannot fit.
Graph joinGraphs(const Graph& mapping, const Graph& synthesis);

}  // namespace unitscope
