#pragma once

#include <cstdint>
#include <vector>

#include "engine/model.h"

namespace unitscope {

/// Share of ones.
double shareOf(const Array& mask);

/// Probability of each class for one picture, by class.
std::vector<double> classProbabilities(Model& model, const Array& input, const CancelToken& cancel);

/// Classes that the network says of these probabilities: all from one half on where several may hold, else the first
/// choice. Sorted.
std::vector<std::int64_t> predictedClasses(const std::vector<double>& probabilities, bool multiLabel);

}  // namespace unitscope
