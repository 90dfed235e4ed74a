#pragma once

#include <span>

namespace unitscope::cli {

/// Of the finite values; all zero where there is none.
struct Statistics {
  double minimum = 0.0, maximum = 0.0, mean = 0.0;
};

Statistics statisticsOf(std::span<const float> values);

}  // namespace unitscope::cli
