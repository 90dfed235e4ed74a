#pragma once

#include <cstdint>
#include <vector>

#include "graph/tensor_data.h"
#include "runtime/progress.h"

namespace unitscope {

/// What a tensor looks like from afar. The numbers are over the finite elements; 0 where there are none.
struct TensorStatistics {
  std::int64_t count = 0;
  std::int64_t zeros = 0;
  std::int64_t notFinite = 0;
  double mean = 0.0, deviation = 0.0, least = 0.0, most = 0.0;
  /// Finite elements in equal steps from least to most; a tensor of one value has them all in the first.
  std::vector<std::int64_t> histogram;
};

/// Goes through the data piece by piece, so that memory stays small however large the tensor is; a second time where
/// `bins` asks for a histogram. Of elements that are no real numbers only the count is given. Throws Cancelled.
TensorStatistics statisticsOf(const TensorData& data, int bins = 0, const CancelToken& cancel = {});

}  // namespace unitscope
