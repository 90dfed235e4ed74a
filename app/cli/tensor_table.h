#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "app/cli/console.h"
#include "app/cli/json_text.h"
#include "graph/named_tensor.h"
#include "graph/tensor_statistics.h"

namespace unitscope::cli {

/// Goes through all elements of a file's tensors, with progress. Throws Cancelled.
std::vector<TensorStatistics> measureTensors(const std::vector<NamedTensor>& tensors, Console& console);

/// One object for each tensor: name, dtype, shape and what measureTensors() gave.
Json tensorsJson(const std::vector<NamedTensor>& tensors, const std::vector<TensorStatistics>& statistics);

/// One line for each tensor, ending in its histogram as a row of blocks.
void printTensors(std::ostream& out, const std::vector<NamedTensor>& tensors,
                  const std::vector<TensorStatistics>& statistics);

/// A histogram as block characters of eight heights, the fullest bin the highest; a bin that holds anything shows.
std::string sparkline(const std::vector<std::int64_t>& histogram);

}  // namespace unitscope::cli
