#pragma once

#include <vector>

#include <QString>

#include "graph/graph.h"
#include "graph/tensor_statistics.h"
#include "runtime/progress.h"

namespace unitscope {

/// What one weight tensor of a layer looks like from afar.
struct WeightFacts {
  QString name, shape, dtype;
  TensorStatistics numbers;
};

/// Facts of the trainable values that these nodes read, in the order in which they are read. Goes through the data
/// piece by piece, so that memory stays small however large a tensor is. Throws Cancelled.
std::vector<WeightFacts> weightFacts(const Graph& graph, const std::vector<NodeId>& nodes, const CancelToken& cancel);

}  // namespace unitscope
