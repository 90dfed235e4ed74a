#include "attribution/quadrature.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace unitscope {

Quadrature gaussLegendre(std::int64_t steps) {
  Quadrature rule;
  const auto n = static_cast<double>(steps);
  // The places are the zeros of the Legendre polynomial: Newton's method from Chebyshev's guess.
  for (std::int64_t i = steps; i-- > 0;) {
    double x = std::cos(std::numbers::pi * (static_cast<double>(i) + 0.75) / (n + 0.5));
    double slope = 0.0;
    for (int round = 0; round < 100; ++round) {
      double previous = 1.0;
      double value = x;
      for (std::int64_t k = 2; k <= steps; ++k) {
        const auto degree = static_cast<double>(k);
        const double next = ((2.0 * degree - 1.0) * x * value - (degree - 1.0) * previous) / degree;
        previous = std::exchange(value, next);
      }
      slope = n * (x * value - previous) / (x * x - 1.0);
      const double change = value / slope;
      x -= change;
      if (std::abs(change) < 1e-15) break;
    }
    rule.places.push_back(static_cast<float>(0.5 * (1.0 + x)));
    rule.weights.push_back(static_cast<float>(1.0 / ((1.0 - x * x) * slope * slope)));
  }
  return rule;
}

Quadrature trapezoid(std::int64_t steps) {
  Quadrature rule;
  const auto n = static_cast<double>(steps);
  for (std::int64_t i = 0; i < steps; ++i) {
    const bool end = i == 0 || i == steps - 1;
    rule.places.push_back(static_cast<float>(static_cast<double>(i) / std::max(1.0, n - 1.0)));
    rule.weights.push_back(static_cast<float>((end ? 0.5 : 1.0) / n));
  }
  return rule;
}

}  // namespace unitscope
