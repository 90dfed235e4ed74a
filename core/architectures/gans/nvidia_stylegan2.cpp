#include <algorithm>
#include <cmath>
#include <utility>

#include "architectures/gans/nvidia_parts.h"
#include "runtime/error.h"

namespace unitscope::nvidia {
namespace {

/// The filter of a module; without one nothing is smoothed.
Fir filterOf(const StoredModule& module) {
  if (!module.hasTensor("resample_filter")) return {};
  return firFrom(module.tensors.find("resample_filter")->second, module.pathTo("resample_filter"));
}

/// Writes the synthesis network block by block.
class Writer {
 public:
  Writer(GraphBuilder& b, const StoredModule& module, ValueId wPlus)
      : b_(b), module_(module), wPlus_(wPlus), styles_(b.graph().value(wPlus).shape.value()[1]) {}

  FeatureMap write();

 private:
  void start(const StoredModule& block, std::int64_t side);
  void features(const StoredModule& block);
  void draw(const StoredModule& block);
  FeatureMap layer(const StoredModule& layer, const FeatureMap& x, std::int64_t index, double gain);
  FeatureMap toRgb(const StoredModule& layer, const FeatureMap& x, std::int64_t index);
  FeatureMap shortcut(const StoredModule& layer, const FeatureMap& x);
  ValueId style(const StoredModule& layer, std::int64_t index, std::int64_t channels);

  GraphBuilder& b_;
  const StoredModule& module_;
  ValueId wPlus_;
  std::int64_t styles_;
  std::int64_t nextStyle_ = 0;
  FeatureMap x_;
  FeatureMap picture_;
};

ValueId Writer::style(const StoredModule& layer, std::int64_t index, std::int64_t channels) {
  if (index >= styles_) throw Error(layer.name, "the network has more layers than styles");
  return styleOf(b_, layer, wPlus_, index, channels);
}

FeatureMap Writer::layer(const StoredModule& layer, const FeatureMap& x, std::int64_t index, double gain) {
  const ValueId factors = style(layer, index, x.channels);
  ModulatedConv conv{.weightName = layer.pathTo("weight"), .weight = layer.tensor("weight", 4)};
  const std::int64_t kernel = conv.weight.shape()[2];
  const std::int64_t pad = kernel / 2;
  const std::int64_t up = layer.has("up") ? layer.integer("up", 1, 2) : 1;
  FeatureMap y;
  if (up == 1) {
    conv.padding = pad;
    y = modulatedConv(b_, conv, x, factors);
  } else {
    // The strided transposed convolution and the filter share the padding; where both cut, the convolution does.
    const Fir fir = filterOf(layer);
    const std::int64_t taps = fir.empty() ? 1 : fir.columns;
    const std::int64_t before = pad + (taps + 1) / 2 - (kernel - 1);
    const std::int64_t after = pad + (taps >= 2 ? (taps - 2) / 2 : -1) - (kernel - 2);
    conv.transposed = true;
    conv.padding = std::max<std::int64_t>(std::min(-before, -after), 0);
    y = modulatedConv(b_, conv, x, factors);
    const std::int64_t first = before + conv.padding, last = after + conv.padding;
    y = resampleFir(b_, y, fir, {.pads = {first, last, first, last}, .gain = 4.0});
  }
  if (layer.flagOr("use_noise", true))
    y.value = addNoise(b_, y, layer.pathTo("noise_const"), layer.tensor("noise_const", 2),
                       layer.pathTo("noise_strength"), layer.tensor("noise_strength", 0));
  y.value = addChannelBias(b_, y, layer.pathTo("bias"), layer.tensor("bias", 1));
  StyleActivation activation = activationOf(layer);
  activation.gain = layer.numberOr("act_gain", activation.gain) * gain;
  activation.clamp = layer.numberOr("conv_clamp", 0.0) * gain;
  y.value = activate(b_, y.value, activation);
  b_.graph().renameValue(y.value, layer.name);
  return y;
}

FeatureMap Writer::toRgb(const StoredModule& layer, const FeatureMap& x, std::int64_t index) {
  const ValueId factors = style(layer, index, x.channels);
  ModulatedConv conv{.weightName = layer.pathTo("weight"), .weight = layer.tensor("weight", 4), .demodulate = false};
  const std::int64_t kernel = conv.weight.shape()[2];
  conv.padding = kernel / 2;
  conv.weightGain = layer.numberOr("weight_gain", 1.0 / std::sqrt(x.channels * kernel * kernel));
  FeatureMap y = modulatedConv(b_, conv, x, factors);
  y.value = addChannelBias(b_, y, layer.pathTo("bias"), layer.tensor("bias", 1));
  y.value = activate(b_, y.value, {.slope = 1.0, .gain = 1.0, .clamp = layer.numberOr("conv_clamp", 0.0)});
  b_.graph().renameValue(y.value, layer.name);
  return y;
}

/// Around a residual block: a plain 1x1 convolution, then twice the size.
FeatureMap Writer::shortcut(const StoredModule& layer, const FeatureMap& x) {
  b_.setScope(layer.name);
  const TensorData& weight = layer.tensor("weight", 4);
  const Shape& shape = weight.shape();
  if (shape[1] != x.channels || shape[2] != 1 || shape[3] != 1)
    throw Error(layer.name, "weights of shape " + toString(shape) + " are not known here");
  const double gain = layer.numberOr("weight_gain", 1.0 / std::sqrt(x.channels)) * std::sqrt(0.5);
  const ValueId y = b_.op("Conv", {x.value, b_.parameter(layer.pathTo("weight"), weight)},
                          {{"kernel_shape", std::vector<std::int64_t>{1, 1}}});
  FeatureMap twice = upsampleFir(b_, {scaled(b_, y, gain), shape[0], x.height, x.width}, filterOf(layer));
  b_.graph().renameValue(twice.value, layer.name);
  return twice;
}

void Writer::start(const StoredModule& block, std::int64_t side) {
  const TensorData& constant = block.tensor("const", 3);
  const Shape& shape = constant.shape();
  if (shape[1] != side || shape[2] != side) throw Error(block.pathTo("const"), "its size is not that of the block");
  const ValueId value = b_.parameter(block.pathTo("const"), reshaped(constant, {1, shape[0], side, side}));
  x_ = layer(block.part("conv1", "SynthesisLayer"), {value, shape[0], side, side}, nextStyle_++, 1.0);
}

void Writer::features(const StoredModule& block) {
  const std::string architecture = block.textOr("architecture", "skip");
  const bool residual = architecture == "resnet";
  if (!residual && architecture != "skip" && architecture != "orig")
    throw Error(block.name, "the architecture '" + architecture.substr(0, 100) + "' is not known");
  const FeatureMap before = x_;
  x_ = layer(block.part("conv0", "SynthesisLayer"), x_, nextStyle_++, 1.0);
  x_ = layer(block.part("conv1", "SynthesisLayer"), x_, nextStyle_++, residual ? std::sqrt(0.5) : 1.0);
  if (!residual) return;
  const FeatureMap around = shortcut(block.part("skip", "Conv2dLayer"), before);
  if (around.channels != x_.channels || around.height != x_.height || around.width != x_.width)
    throw Error(block.name, "the two ways through the block give different shapes");
  b_.setScope(block.name + ".sum");
  x_.value = addOf(b_, around.value, x_.value);
}

void Writer::draw(const StoredModule& block) {
  if (picture_.value != kNoValue) {
    b_.setScope(block.name + ".upsample");
    picture_ = upsampleFir(b_, picture_, filterOf(block));
  }
  if (block.findPart("torgb") == nullptr) return;
  // It shares its style with the layer that the next block begins with.
  const FeatureMap drawn = toRgb(block.part("torgb", "ToRGBLayer"), x_, nextStyle_);
  if (picture_.value == kNoValue) {
    picture_ = drawn;
    return;
  }
  if (picture_.channels != drawn.channels) throw Error(block.name, "the blocks draw different numbers of channels");
  b_.setScope(block.name + ".picture");
  picture_.value = addOf(b_, picture_.value, drawn.value);
}

FeatureMap Writer::write() {
  const std::int64_t resolution = module_.integer("img_resolution", 4, kLargestSide);
  for (std::int64_t side = 4; side <= resolution; side *= 2) {
    const StoredModule& block = module_.part("b" + std::to_string(side), "SynthesisBlock");
    side == 4 ? start(block, side) : features(block);
    if (x_.height != side || x_.width != side)
      throw Error(block.name, "it gives " + std::to_string(x_.height) + " x " + std::to_string(x_.width) +
                                  " instead of " + std::to_string(side) + " x " + std::to_string(side));
    draw(block);
  }
  if (picture_.value == kNoValue || picture_.height != resolution)
    throw Error(module_.name, "it draws no picture of " + std::to_string(resolution) + " pixels");
  if (nextStyle_ + 1 != styles_)
    throw Error(module_.name,
                "it has " + std::to_string(nextStyle_ + 1) + " layers for " + std::to_string(styles_) + " styles");
  return picture_;
}

}  // namespace

FeatureMap synthesis2(GraphBuilder& b, const StoredModule& module, ValueId wPlus) {
  return Writer(b, module, wPlus).write();
}

}  // namespace unitscope::nvidia
