#pragma once

#include <cstdint>
#include <vector>

namespace unitscope {

/// Places in [0,1] and the weight of each: the integral of f is about the sum of weight times f(place).
struct Quadrature {
  std::vector<float> places;
  std::vector<float> weights;
};

/// Gauss and Legendre's rule on [0,1], `steps` >= 1 places in rising order; the weights sum to 1.
Quadrature gaussLegendre(std::int64_t steps);

/// Captum's trapezoid rule, so that results can be compared: places from 0 to 1 with weights 1/n, half of that at the
/// ends, which sum to 1 - 1/n. The completeness error shows what that leaves out.
Quadrature trapezoid(std::int64_t steps);

}  // namespace unitscope
