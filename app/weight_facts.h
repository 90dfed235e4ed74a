#pragma once

#include <cstdint>
#include <vector>

#include <QString>

#include "graph/graph.h"
#include "runtime/progress.h"

namespace unitscope {

/// What one weight tensor of a layer looks like from afar.
struct WeightFacts {
  QString name, shape, dtype;
  std::int64_t count = 0;
  std::int64_t zeros = 0;
  std::int64_t notFinite = 0;                                   ///< left out of the numbers below
  double mean = 0.0, deviation = 0.0, least = 0.0, most = 0.0;  ///< over the finite elements; 0 where there are none
};

/// Facts of the trainable values that these nodes read, in the order in which they are read. Goes through the data
/// piece by piece, so that memory stays small however large a tensor is. Throws Cancelled.
std::vector<WeightFacts> weightFacts(const Graph& graph, const std::vector<NodeId>& nodes, const CancelToken& cancel);

}  // namespace unitscope
