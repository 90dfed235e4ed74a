#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace unitscope {

/// One figure of a model's quality, with the bar that it has to clear where there is one.
struct Measure {
  std::string name;  ///< "test accuracy", "mean average precision"...
  double value = 0.0;
  double bar = std::numeric_limits<double>::quiet_NaN();  ///< NaN: for information
  bool higherIsBetter = true;
  /// How far it may lie off when it is measured again, on another machine with other roundings.
  double tolerance = 0.005;

  bool hasBar() const { return bar == bar; }
  bool met() const { return !hasBar() || (higherIsBetter ? value >= bar : value <= bar); }
};
using Measures = std::vector<Measure>;

std::string toJson(const Measures& measures);
/// Throws Error(origin, reason).
Measures measuresFromJson(std::string_view json, const std::string& origin);

}  // namespace unitscope
