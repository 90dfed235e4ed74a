#pragma once

#include <cstdint>
#include <vector>

namespace unitscope {

/// Samples as the support vector machine takes them: [N,D] row-major, and which side each is on.
struct SvmProblem {
  std::int64_t width = 0;
  std::vector<double> rows;
  std::vector<bool> positive;
};

struct SvmPlane {
  std::vector<double> weights;
  double bias = 0.0;
};

bool hasLiblinear();

/// Minimises |w|^2 / 2 + C sum max(0, 1 - y (w x + b))^2, with b^2 in the norm too, in the primal (Newton with trust
/// regions, Lin et al. 2008): what scikit-learn's LinearSVC does by default, with the same result each time. Throws
/// Error in builds without LIBLINEAR.
SvmPlane trainLinearSvm(const SvmProblem& problem, double cost);

}  // namespace unitscope
