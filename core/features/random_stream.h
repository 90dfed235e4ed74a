#pragma once

#include <cstdint>
#include <string>

#include <ATen/ATen.h>

#include "features/feature_goal.h"

namespace unitscope {

/// A generator of its own for one picture: the same for equal seeds, goals and copies, whatever else is made with it.
/// `copy` tells pictures of the same goal apart.
at::Generator generatorFor(std::uint64_t seed, const FeatureGoal& goal, std::int64_t copy);

/// A generator for what all pictures of a run share.
at::Generator generatorFor(std::uint64_t seed);

/// Uniform in [from, to).
double uniform(at::Generator& generator, double from, double to);
/// Uniform among from..to.
std::int64_t uniformInteger(at::Generator& generator, std::int64_t from, std::int64_t to);

}  // namespace unitscope
