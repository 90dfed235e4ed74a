#pragma once

#include <cstdint>

#include <ATen/ATen.h>

#include "runtime/progress.h"

namespace unitscope {

/// matrix [P,C] is about weights [P,k] times parts [k,C].
struct Factors {
  at::Tensor weights, parts;  ///< double, nothing negative; parts of length 1 (or 0 where fewer are enough)
  double explained = 0.0;     ///< 1 - squared error over the matrix's squares; 1 for a matrix of zeros
  std::int64_t steps = 0;
};

/// Non-negative factors of a matrix without negative numbers (double, CPU): NNDSVD as the start (Boutsidis &
/// Gallopoulos 2008), from singular vectors found with seeded random projections (Halko et al. 2011), then hierarchical
/// alternating least squares (Cichocki & Phan 2009) until the error falls by less than `tolerance` of itself, or for
/// `steps` steps. The largest factor, by the sum of what it stands for, is first.
Factors nonNegativeFactors(const at::Tensor& matrix, std::int64_t count, std::int64_t steps, double tolerance,
                           std::uint64_t seed, const Progress& progress, const CancelToken& cancel);

}  // namespace unitscope
