#pragma once

#include <vector>

#include <ATen/ATen.h>

namespace unitscope {

struct AreaPenalty {
  std::vector<double> values;  ///< one a mask
  at::Tensor gradient;         ///< of each value by its own mask, shaped as the masks
};

/// How far masks [B,...] (float32, CPU) are from covering their areas with ones and the rest with zeros: the mean of
/// (sort(mask) - r)^2 with r = 0 for the lowest 1 - area of the values and 1 for the others (Fong et al. 2019). Values
/// that tie where zeros end and ones begin share both, so that it does not matter in which order they are.
AreaPenalty areaPenalty(const at::Tensor& masks, const std::vector<double>& areas);

}  // namespace unitscope
