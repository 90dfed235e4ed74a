#include "app/cli/statistics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace unitscope::cli {

Statistics statisticsOf(std::span<const float> values) {
  Statistics s;
  double sum = 0.0;
  std::size_t count = 0;
  for (const float v : values) {
    if (!std::isfinite(v)) continue;
    s.minimum = count == 0 ? v : std::min<double>(s.minimum, v);
    s.maximum = count == 0 ? v : std::max<double>(s.maximum, v);
    sum += v;
    ++count;
  }
  if (count > 0) s.mean = sum / static_cast<double>(count);
  return s;
}

}  // namespace unitscope::cli
