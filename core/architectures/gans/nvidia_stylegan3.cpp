#include <array>
#include <cmath>
#include <numbers>
#include <string_view>
#include <utility>

#include "architectures/gans/nvidia_parts.h"
#include "runtime/error.h"

namespace unitscope::nvidia {
namespace {

using Ints = std::vector<std::int64_t>;

constexpr double kLargestRate = 1 << 20;

ValueId slice(GraphBuilder& b, ValueId x, std::int64_t axis, std::int64_t from, std::int64_t to) {
  return b.op("Slice", {x, b.constant({from}), b.constant({to}), b.constant({axis})});
}

/// Width and height: one number for both, or two.
std::pair<std::int64_t, std::int64_t> sidesOf(const StoredModule& module, std::string_view setting) {
  const auto found = module.settings.find(setting);
  const bool two = found != module.settings.end() && found->second.numbers.size() == 2;
  const std::vector<double> size = module.numbers(setting, two ? 2 : 1);
  for (const double side : size)
    if (side != std::floor(side) || side < 1 || side > static_cast<double>(kLargestSide))
      throw Error(module.pathTo(setting), "it is not a possible size");
  return {static_cast<std::int64_t>(size.front()), static_cast<std::int64_t>(size.back())};
}

/// Where the Fourier features are read: x and y of each pixel's centre, [height*width,2].
TensorData gridOf(std::int64_t width, std::int64_t height, double rate) {
  std::vector<float> places;
  places.reserve(static_cast<std::size_t>(width * height * 2));
  const auto at = [&](std::int64_t i, std::int64_t side) {
    const auto whole = static_cast<double>(side);
    return static_cast<float>(((2.0 * static_cast<double>(i) + 1.0) / whole - 1.0) * 0.5 * whole / rate);
  };
  for (std::int64_t y = 0; y < height; ++y)
    for (std::int64_t x = 0; x < width; ++x) {
      places.push_back(at(x, width));
      places.push_back(at(y, height));
    }
  return TensorData::fromFloats({width * height, 2}, std::move(places));
}

/// The pose that a style asks for, [N,4] as cosine, sine and shift, together with the network's own `transform`: the
/// two upper rows of the matrix, [N,2,3].
ValueId poseOf(GraphBuilder& b, ValueId affine, ValueId transform) {
  const ValueId turn = slice(b, affine, 1, 0, 2);
  const ValueId length =
      b.op("Sqrt", {b.op("ReduceSum", {mulOf(b, turn, turn), b.constant({1})}, {{"keepdims", std::int64_t{1}}})});
  const ValueId t = b.op("Div", {affine, length});
  std::array<ValueId, 4> one{};
  for (std::int64_t i = 0; i < 4; ++i) one[static_cast<std::size_t>(i)] = slice(b, t, 1, i, i + 1);
  const auto [cosine, sine, right, down] = one;
  const auto negative = [&](ValueId x) { return b.op("Neg", {x}); };
  // Turned after it was shifted the other way.
  const ValueId shiftX = b.op("Sub", {mulOf(b, sine, down), mulOf(b, cosine, right)});
  const ValueId shiftY = negative(addOf(b, mulOf(b, sine, right), mulOf(b, cosine, down)));
  const ValueId rows =
      b.op("Concat", {cosine, negative(sine), shiftX, sine, cosine, shiftY}, {{"axis", std::int64_t{1}}});
  return b.op("MatMul", {b.op("Reshape", {rows, b.constant({-1, 2, 3})}), transform});
}

/// SynthesisInput: waves of fixed frequencies, moved and turned by the first style.
FeatureMap fourierInput(GraphBuilder& b, const StoredModule& module, ValueId wPlus) {
  const auto [width, height] = sidesOf(module, "size");
  const double rate = module.number("sampling_rate"), bandwidth = module.number("bandwidth");
  if (!(rate > 0 && rate <= kLargestRate && bandwidth < rate / 2))
    throw Error(module.name, "its sampling rate and bandwidth do not fit each other");
  const TensorData& frequencies = module.tensor("freqs", 2);
  const std::int64_t channels = frequencies.shape()[0];
  const TensorData& phases = module.tensor("phases", 1);
  const TensorData& weight = module.tensor("weight", 2);
  const TensorData& transform = module.tensor("transform", 2);
  if (frequencies.shape()[1] != 2 || phases.count() != channels || weight.shape()[1] != channels ||
      transform.shape() != Shape{3, 3})
    throw Error(module.name, "its parameters do not fit each other");

  const ValueId affine = styleOf(b, module, wPlus, 0, 4);
  const ValueId own = b.parameter(module.pathTo("transform"), transform);
  const ValueId pose = poseOf(b, affine, own);
  const ValueId waves = b.parameter(module.pathTo("freqs"), frequencies);
  ValueId phase = b.op("MatMul", {waves, slice(b, pose, 2, 2, 3)});  // [N,C,1]
  phase =
      addOf(b, b.op("Reshape", {phase, b.constant({-1, 1, channels})}), b.parameter(module.pathTo("phases"), phases));
  const ValueId turned = b.op("MatMul", {waves, slice(b, pose, 2, 0, 2)});  // [N,C,2]
  // Waves near the sampling limit fade out.
  ValueId amplitude =
      b.op("Sqrt", {b.op("ReduceSum", {mulOf(b, turned, turned), b.constant({2})}, {{"keepdims", std::int64_t{0}}})});
  const double span = rate / 2 - bandwidth;
  amplitude = b.op("Div", {b.op("Sub", {amplitude, b.scalarFloat(static_cast<float>(bandwidth))}),
                           b.scalarFloat(static_cast<float>(span))});
  amplitude = b.op("Clip", {b.op("Sub", {b.scalarFloat(1.0f), amplitude}), b.scalarFloat(0.0f), b.scalarFloat(1.0f)});
  amplitude = b.op("Reshape", {amplitude, b.constant({-1, 1, channels})});

  const ValueId grid = b.constant(gridOf(width, height, rate), "grid");
  ValueId x = b.op("MatMul", {grid, b.op("Transpose", {turned}, {{"perm", Ints{0, 2, 1}}})});  // [N,HW,C]
  x = scaled(b, addOf(b, x, phase), 2.0 * std::numbers::pi);
  x = mulOf(b, b.op("Sin", {x}), amplitude);
  const ValueId mixed = b.op("Transpose", {b.parameter(module.pathTo("weight"), weight)}, {{"perm", Ints{1, 0}}});
  x = scaled(b, b.op("MatMul", {x, mixed}), 1.0 / std::sqrt(channels));
  const std::int64_t out = weight.shape()[0];
  x = b.op("Transpose", {x}, {{"perm", Ints{0, 2, 1}}});
  x = b.op("Reshape", {x, b.constant({-1, out, height, width})}, {}, module.name);
  return {x, out, height, width};
}

Fir filterOf(const StoredModule& layer, const char* member) {
  if (!layer.hasTensor(member)) return {};
  return firFrom(layer.tensors.find(member)->second, layer.pathTo(member));
}

FeatureMap layer(GraphBuilder& b, const StoredModule& module, const FeatureMap& x, ValueId wPlus, std::int64_t index) {
  const bool toRgb = module.flagOr("is_torgb", false);
  ValueId style = styleOf(b, module, wPlus, index, x.channels);
  ModulatedConv conv{.weightName = module.pathTo("weight"),
                     .weight = module.tensor("weight", 4),
                     .unitFilters = !toRgb,
                     .demodulate = !toRgb};
  const std::int64_t kernel = conv.weight.shape()[2];
  conv.padding = kernel - 1;
  if (toRgb)
    conv.weightGain = 1.0 / std::sqrt(x.channels * kernel * kernel);
  else
    style = rootMeanSquareNorm(b, style, 0.0);  // as with unitFilters, cancels but for epsilon
  FeatureMap y = modulatedConv(b, conv, x, style);
  const ValueId magnitude = b.parameter(module.pathTo("magnitude_ema"), module.tensor("magnitude_ema", 0));
  y.value = mulOf(b, y.value, inverseRoot(b, magnitude, 0.0));
  y.value = addChannelBias(b, y, module.pathTo("bias"), module.tensor("bias", 1));

  const std::int64_t up = module.integer("up_factor", 1, 16), down = module.integer("down_factor", 1, 16);
  const std::vector<double> padding = module.numbers("padding", 4);
  FirResampling widen{.up = up, .gain = static_cast<double>(up * up)};
  for (std::size_t i = 0; i < 4; ++i) {
    if (std::abs(padding[i]) > static_cast<double>(kLargestSide) || padding[i] != std::floor(padding[i]))
      throw Error(module.pathTo("padding"), "it is not a possible size");
    widen.pads[i] = static_cast<std::int64_t>(padding[i]);
  }
  const Fir upFilter = filterOf(module, "up_filter"), downFilter = filterOf(module, "down_filter");
  if (up > 1 || !upFilter.empty() || widen.pads != std::array<std::int64_t, 4>{}) {
    b.setScope(module.name + ".up");
    y = resampleFir(b, y, upFilter, widen);
    b.setScope(module.name);
  }
  StyleActivation activation{.clamp = module.numberOr("conv_clamp", 0.0)};
  if (toRgb) activation.slope = activation.gain = 1.0;
  y.value = activate(b, y.value, activation);
  if (down > 1 || !downFilter.empty()) {
    b.setScope(module.name + ".down");
    y = resampleFir(b, y, downFilter, {.down = down});
    b.setScope(module.name);
  }
  if (std::pair(y.width, y.height) != sidesOf(module, "out_size"))
    throw Error(module.name, "it gives " + std::to_string(y.height) + " x " + std::to_string(y.width) +
                                 ", another size than it says");
  b.graph().renameValue(y.value, module.name);
  return y;
}

}  // namespace

FeatureMap synthesis3(GraphBuilder& b, const StoredModule& module, ValueId wPlus) {
  const std::int64_t resolution = module.integer("img_resolution", 4, kLargestSide);
  const std::int64_t styles = b.graph().value(wPlus).shape.value()[1];
  FeatureMap x = fourierInput(b, module.part("input", "SynthesisInput"), wPlus);
  std::int64_t index = 1;
  // Their names hold sizes ("L3_52_1024"), so they are found by their order.
  for (const StoredModule& one : module.parts) {
    if (one.name == module.pathTo("input")) continue;
    const std::string start = module.pathTo("L" + std::to_string(index - 1)) + "_";
    if (!one.name.starts_with(start) || one.className != "SynthesisLayer")
      throw Error(one.name, "this part of the network is not known");
    if (index >= styles) throw Error(one.name, "the network has more layers than styles");
    x = layer(b, one, x, wPlus, index++);
  }
  if (index != styles)
    throw Error(module.name, "it has " + std::to_string(index) + " layers for " + std::to_string(styles) + " styles");
  if (x.height != resolution || x.width != resolution)
    throw Error(module.name, "it draws no picture of " + std::to_string(resolution) + " pixels");
  b.setScope("synthesis.scale");
  x.value = scaled(b, x.value, module.numberOr("output_scale", 1.0));
  return x;
}

}  // namespace unitscope::nvidia
