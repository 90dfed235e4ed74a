#pragma once

#include <cstdint>

#include <ATen/ATen.h>

namespace unitscope {

/// Sets of segments that are present together, with the weight of each in KernelSHAP's regression.
struct Coalitions {
  at::Tensor present;  ///< [n,M] bool CPU, neither empty nor whole
  at::Tensor weights;  ///< [n] float64 CPU; they sum to 1
  bool all = false;    ///< every coalition there is
};

/// About `samples` coalitions of `players` (at least 2), by the Shapley kernel (Lundberg & Lee 2017): all of them where
/// they are not more than `samples`; else the smallest and largest sizes in full as far as the samples go, and of the
/// others random ones, each with its complement. Equal seeds give equal coalitions.
Coalitions shapleyCoalitions(std::int64_t players, std::int64_t samples, std::int64_t seed);

}  // namespace unitscope
