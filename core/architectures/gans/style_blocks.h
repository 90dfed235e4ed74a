#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "graph/graph_builder.h"

namespace unitscope {

// The parts that published style-based generators share, written with ordinary operators so that gradients flow and any
// batch size goes through. All of them add nodes in the builder's current scope unless they take a name.

/// A picture-shaped value [N,channels,height,width] while a network is written.
struct FeatureMap {
  ValueId value = kNoValue;
  std::int64_t channels = 0;
  std::int64_t height = 0;
  std::int64_t width = 0;
};

/// The same bytes under another shape, sharing them. Throws Error when the number of elements differs.
TensorData reshaped(const TensorData& data, Shape shape);

ValueId addOf(GraphBuilder& b, ValueId x, ValueId y);
ValueId mulOf(GraphBuilder& b, ValueId x, ValueId y);
/// x times a number; x itself where that is 1.
ValueId scaled(GraphBuilder& b, ValueId x, double factor);
/// [N,C] to [N,C,1,1].
ValueId perPlace(GraphBuilder& b, ValueId factors, std::int64_t channels);
/// 1 / sqrt(x + epsilon)
ValueId inverseRoot(GraphBuilder& b, ValueId x, double epsilon);
/// Divides by the root of the mean square over axis 1: x / sqrt(mean(x^2) + epsilon). For latents [N,D] and, as PGGAN's
/// pixel norm, for pictures [N,C,H,W].
ValueId rootMeanSquareNorm(GraphBuilder& b, ValueId x, double epsilon = 1e-8);

/// What follows a layer's sums: leaky ReLU, a gain, and bounds.
struct StyleActivation {
  double slope = 0.2;                ///< 1: linear
  double gain = 1.4142135623730951;  ///< keeps the variance at one
  double clamp = 0.0;                ///< values are cut to -clamp..clamp; 0: not at all
};
ValueId activate(GraphBuilder& b, ValueId x, const StyleActivation& activation);

/// A fully connected layer with equalised learning rate (Karras et al. 2018): x W' weightGain + bias biasGain, as one
/// Gemm whose parameters NAME.weight [out,in] and NAME.bias [out] stay as stored. Sets the scope to NAME.
struct StyleLinear {
  TensorData weight;
  TensorData bias;  ///< undefined: none
  double weightGain = 1.0;
  double biasGain = 1.0;
};
ValueId styleLinear(GraphBuilder& b, const std::string& name, ValueId x, const StyleLinear& layer);

/// The mapping's end: `w` [N,D] drawn to the mean w and given to each layer, [N,layers,D], named "w_plus" in the scope
/// "truncation". Adds the parameter "w_mean" and the graph input "truncation" (default 1): w_mean + (w - w_mean) *
/// truncation. With an undefined mean only the copies are made.
ValueId truncatedStyles(GraphBuilder& b, ValueId w, const TensorData& mean, std::int64_t layers);
/// The style of one layer out of w_plus: [N,layers,D] to [N,D].
ValueId styleAt(GraphBuilder& b, ValueId wPlus, std::int64_t layer);

/// A convolution whose weights the style scales for each input channel and that may be normalised for each filter
/// (Karras et al. 2020, section 2.2), computed by scaling what goes in and what comes out.
struct ModulatedConv {
  std::string weightName;  ///< of the parameter [out,in,k,k]
  TensorData weight;
  double weightGain = 1.0;
  bool unitFilters = false;  ///< each filter is first brought to a mean square of one
  bool demodulate = true;
  double epsilon = 1e-8;
  std::int64_t padding = 0;  ///< on each side (what is cut from each side of the full result when transposed)
  bool transposed = false;   ///< stride 2, upwards: the result has side 2 (H - 1) + k - 2 padding
};
/// x [N,in,H,W], style [N,in]. The demodulation's nodes come in the scope SCOPE.demodulation.
FeatureMap modulatedConv(GraphBuilder& b, const ModulatedConv& conv, const FeatureMap& x, ValueId style);

/// Weights of a finite impulse response filter.
struct Fir {
  std::int64_t rows = 0;  ///< 1: the filter is separable, `taps` are used along both axes
  std::int64_t columns = 0;
  std::vector<float> taps;  ///< row-major
  bool empty() const { return taps.empty(); }
};
/// From a tensor of one or two dimensions. Throws Error(subject, ...) for other shapes, more than 64 taps an axis, or
/// numbers that are not finite.
Fir firFrom(const TensorData& data, const std::string& subject);
/// The separable filter of these taps, normalised to a sum of 1: {1,3,3,1} as published.
Fir normalisedFir(std::vector<float> taps);

/// Inserts zeros, pads, convolves each channel with the filter, and keeps each `down`th place: what the published code
/// calls upfirdn2d. Negative pads cut. The pads are those at the left, right, top and bottom.
struct FirResampling {
  std::int64_t up = 1;
  std::int64_t down = 1;
  std::array<std::int64_t, 4> pads{};
  double gain = 1.0;  ///< over both axes together
};
FeatureMap resampleFir(GraphBuilder& b, const FeatureMap& x, const Fir& fir, const FirResampling& options);
/// Doubles height and width by the filter, as between the pictures of a skip architecture.
FeatureMap upsampleFir(GraphBuilder& b, const FeatureMap& x, const Fir& fir);

/// Adds noise times strength. The noise becomes the graph input and parameter `noiseName` [1,1,H,W], the strength the
/// parameter `strengthName` (one number, or one a channel in any shape of C elements).
ValueId addNoise(GraphBuilder& b, const FeatureMap& x, const std::string& noiseName, const TensorData& noise,
                 const std::string& strengthName, const TensorData& strength);
/// Adds the parameter `name` [C] to each channel.
ValueId addChannelBias(GraphBuilder& b, const FeatureMap& x, const std::string& name, const TensorData& bias);

}  // namespace unitscope
