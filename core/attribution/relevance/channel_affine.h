#pragma once

#include <ATen/ATen.h>

#include "attribution/relevance/linear_rule.h"
#include "graph/graph.h"

namespace unitscope {

/// y = scale x + shift for each channel, [C] both.
struct ChannelAffine {
  at::Tensor scale, shift;
};

/// What a BatchNormalization with fixed statistics does.
ChannelAffine affineOf(const Node& norm, const at::Tensor& gamma, const at::Tensor& beta, const at::Tensor& mean,
                       const at::Tensor& variance);

/// Weights and bias of the layer (a Conv, ConvTranspose or Gemm) and what follows it in one.
LinearTerms mergedWith(const ChannelAffine& affine, const Node& layer, LinearTerms terms);

}  // namespace unitscope
