#pragma once

#include <functional>
#include <vector>

#include "graph/graph.h"

namespace unitscope {

/// The nodes that must run to obtain some values, given what is available already.
struct Demand {
  std::vector<NodeId> nodes;  ///< in order of evaluation
  std::vector<int> uses;      ///< how often each value is still read, by ValueId; fetched values count once more
};

/// Throws Error naming the input when a value can only be had from an input that is not available.
Demand demandFor(const Graph& graph, const std::vector<ValueId>& fetch, const std::function<bool(ValueId)>& available);

}  // namespace unitscope
