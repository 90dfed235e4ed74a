#pragma once

#include <cstdint>
#include <string>

#include "architectures/gans/generator_weights.h"
#include "architectures/gans/style_blocks.h"
#include "graph/graph_builder.h"

namespace unitscope {

/// Smallest pictures of the progressive generators, and how often these may double: to 4096 pixels.
inline constexpr std::int64_t kFirstSide = 4;
inline constexpr std::int64_t kMostBlocks = 11;

/// Convolution [out,in,k,k] that keeps the size, for odd k; no bias. `weight` may be computed.
FeatureMap plainConv(GraphBuilder& b, const FeatureMap& x, ValueId weight, std::int64_t out, std::int64_t kernel,
                     std::int64_t groups = 1);
/// Doubles height and width, each place four times.
FeatureMap nearestTwice(GraphBuilder& b, const FeatureMap& x);
/// Transposed convolution [in,out,4,4] that doubles height and width; no bias.
FeatureMap fusedUpsampling(GraphBuilder& b, const FeatureMap& x, ValueId weight, std::int64_t out);
/// The kernel of "fused scale" (Karras et al. 2018): the sum of a 3x3 kernel at four places, 4x4. `outFirst`: the
/// weight is [out,in,3,3], else [in,out,3,3]; the result is [in,out,4,4].
TensorData fusedKernel(const TensorData& weight, bool outFirst);
/// The same kernels turned by 180 degrees, [out,in,k,k].
TensorData turned(const TensorData& weight);
/// A filter [..,k,k] as the two separable passes that it is in all published files, else as it is.
Fir filterFrom(const TensorData& kernel, const std::string& subject);

/// How genforce's mapping networks differ.
struct GenforceMapping {
  double weightGain = 1.0;  ///< beside 1/sqrt(in) and the learning rate
  double gain = 1.0;        ///< after the leaky ReLU
};
/// Inputs `z` and `class`, mapping network, and truncation of the first 8 of `layers` styles: w_plus
/// [N,layers,styleSize]. Where the mapping gives each layer a style of its own, `w` is [N,layers*styleSize].
ValueId genforceStyles(GraphBuilder& b, GeneratorWeights& weights, const GenforceMapping& mapping, std::int64_t layers,
                       std::int64_t styleSize);

/// Names the output and says what it is.
Graph finishGenerator(GraphBuilder& b, const FeatureMap& image);

}  // namespace unitscope
