#pragma once

#include <cstdint>
#include <vector>

#include "judging/metric.h"

namespace unitscope {

/// What a map promises for sets of pixels, beside what their removal does.
struct Removals {
  std::vector<double> promised;  ///< sum of the map over the set
  std::vector<double> drops;     ///< score of the picture less that without the set
};

/// Removes sets of pixels (they become 0 in normalised space). `sets` makes [count,H,W] bool on the CPU, numbers
/// `first` and following.
Removals removePixels(const Judged& judged, std::int64_t total,
                      const std::function<at::Tensor(std::int64_t first, std::int64_t count)>& sets,
                      const std::string& what, const Progress& progress, const CancelToken& cancel);

/// Pearson's; NaN where one of them does not vary.
double correlationOf(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace unitscope
