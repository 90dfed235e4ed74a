#include "architectures/gans/style_blocks.h"

#include <utility>

#include "runtime/error.h"

namespace unitscope {
namespace {

using Ints = std::vector<std::int64_t>;

/// Nodes made while it lives carry another scope.
class Scoped {
 public:
  Scoped(GraphBuilder& b, std::string scope) : b_(b), before_(b.scope()) { b_.setScope(std::move(scope)); }
  ~Scoped() { b_.setScope(std::move(before_)); }
  Scoped(const Scoped&) = delete;
  Scoped& operator=(const Scoped&) = delete;

 private:
  GraphBuilder& b_;
  std::string before_;
};

}  // namespace

TensorData reshaped(const TensorData& data, Shape shape) {
  return {data.dtype(), std::move(shape), data.bytes(), data.owner()};
}

ValueId addOf(GraphBuilder& b, ValueId x, ValueId y) {
  return b.op("Add", {x, y});
}

ValueId mulOf(GraphBuilder& b, ValueId x, ValueId y) {
  return b.op("Mul", {x, y});
}

ValueId scaled(GraphBuilder& b, ValueId x, double factor) {
  return factor == 1.0 ? x : mulOf(b, x, b.scalarFloat(static_cast<float>(factor)));
}

ValueId perPlace(GraphBuilder& b, ValueId factors, std::int64_t channels) {
  return b.op("Reshape", {factors, b.constant({-1, channels, 1, 1})});
}

ValueId inverseRoot(GraphBuilder& b, ValueId x, double epsilon) {
  if (epsilon != 0.0) x = addOf(b, x, b.scalarFloat(static_cast<float>(epsilon)));
  return b.op("Reciprocal", {b.op("Sqrt", {x})});
}

ValueId rootMeanSquareNorm(GraphBuilder& b, ValueId x, double epsilon) {
  const ValueId mean = b.op("ReduceMean", {mulOf(b, x, x), b.constant({1})}, {{"keepdims", std::int64_t{1}}});
  return mulOf(b, x, inverseRoot(b, mean, epsilon));
}

ValueId activate(GraphBuilder& b, ValueId x, const StyleActivation& activation) {
  if (activation.slope != 1.0) x = b.op("LeakyRelu", {x}, {{"alpha", activation.slope}});
  x = scaled(b, x, activation.gain);
  if (activation.clamp <= 0.0) return x;
  const auto bound = static_cast<float>(activation.clamp);
  return b.op("Clip", {x, b.scalarFloat(-bound), b.scalarFloat(bound)});
}

ValueId styleLinear(GraphBuilder& b, const std::string& name, ValueId x, const StyleLinear& layer) {
  b.setScope(name);
  std::vector<ValueId> inputs{x, b.parameter(name + ".weight", layer.weight)};
  GraphBuilder::Attributes attributes{{"transB", std::int64_t{1}}};
  if (layer.weightGain != 1.0) attributes["alpha"] = layer.weightGain;
  if (layer.bias.dtype() != DType::Undefined) {
    inputs.push_back(b.parameter(name + ".bias", layer.bias));
    if (layer.biasGain != 1.0) attributes["beta"] = layer.biasGain;
  }
  return b.op("Gemm", std::move(inputs), std::move(attributes));
}

ValueId truncatedStyles(GraphBuilder& b, ValueId w, const TensorData& mean, std::int64_t layers) {
  const Scoped scope(b, "truncation");
  if (mean.dtype() != DType::Undefined) {
    const ValueId centre = b.parameter("w_mean", mean);
    const ValueId truncation = b.parameter("truncation", TensorData::fromFloats({1}, {1.0f}));
    b.graph().addInput(truncation);
    w = addOf(b, centre, mulOf(b, b.op("Sub", {w, centre}), truncation));
  }
  w = b.op("Unsqueeze", {w, b.constant({1})});
  const ValueId styles = b.op("Expand", {w, b.constant({1, layers, 1})});
  b.graph().renameValue(styles, "w_plus");
  return styles;
}

ValueId styleAt(GraphBuilder& b, ValueId wPlus, std::int64_t layer) {
  return b.op("Gather", {wPlus, b.scalarInt(layer)}, {{"axis", std::int64_t{1}}});
}

FeatureMap modulatedConv(GraphBuilder& b, const ModulatedConv& conv, const FeatureMap& x, ValueId style) {
  const Shape& shape = conv.weight.shape();
  if (shape.size() != 4 || shape[1] != x.channels || shape[2] != shape[3])
    throw Error(conv.weightName, "the weights " + toString(shape) + " do not fit an input of " +
                                     std::to_string(x.channels) + " channels");
  const std::int64_t out = shape[0], kernel = shape[2], stride = conv.transposed ? 2 : 1;
  ValueId weight = b.parameter(conv.weightName, conv.weight);
  if (conv.unitFilters) {
    const ValueId mean =
        b.op("ReduceMean", {mulOf(b, weight, weight), b.constant({1, 2, 3})}, {{"keepdims", std::int64_t{1}}});
    weight = mulOf(b, weight, inverseRoot(b, mean, 0.0));
  }
  style = scaled(b, style, conv.weightGain);
  const ValueId styled = mulOf(b, x.value, perPlace(b, style, x.channels));
  const GraphBuilder::Attributes attributes{
      {"kernel_shape", Ints{kernel, kernel}}, {"pads", Ints(4, conv.padding)}, {"strides", Ints{stride, stride}}};
  FeatureMap y{kNoValue, out, x.height + 2 * conv.padding - kernel + 1, x.width + 2 * conv.padding - kernel + 1};
  if (conv.transposed) {
    y.value = b.op("ConvTranspose", {styled, b.op("Transpose", {weight}, {{"perm", Ints{1, 0, 2, 3}}})}, attributes);
    y.height = 2 * (x.height - 1) + kernel - 2 * conv.padding;
    y.width = 2 * (x.width - 1) + kernel - 2 * conv.padding;
  } else {
    y.value = b.op("Conv", {styled, weight}, attributes);
  }
  if (y.height < 1 || y.width < 1) throw Error(conv.weightName, "the kernel is larger than what it is applied to");
  if (!conv.demodulate) return y;
  ValueId factors = kNoValue;
  {
    const Scoped scope(b, b.scope() + ".demodulation");
    const ValueId squares =
        b.op("ReduceSum", {mulOf(b, weight, weight), b.constant({2, 3})}, {{"keepdims", std::int64_t{0}}});
    const ValueId norm = b.op("MatMul", {mulOf(b, style, style), b.op("Transpose", {squares}, {{"perm", Ints{1, 0}}})});
    factors = perPlace(b, inverseRoot(b, norm, conv.epsilon), out);
  }
  y.value = mulOf(b, y.value, factors);
  return y;
}

ValueId addNoise(GraphBuilder& b, const FeatureMap& x, const std::string& noiseName, const TensorData& noise,
                 const std::string& strengthName, const TensorData& strength) {
  if (noise.count() != x.height * x.width)
    throw Error(noiseName, "the noise " + toString(noise.shape()) + " does not fit a layer of " +
                               std::to_string(x.height) + " x " + std::to_string(x.width));
  if (strength.count() != 1 && strength.count() != x.channels)
    throw Error(strengthName, "the noise's strength has " + std::to_string(strength.count()) + " numbers instead of " +
                                  std::to_string(x.channels));
  const Scoped scope(b, b.scope() + ".noise");
  const ValueId map = b.parameter(noiseName, reshaped(noise, {1, 1, x.height, x.width}));
  b.graph().addInput(map);
  const Shape shape = strength.count() == 1 ? Shape{1} : Shape{1, x.channels, 1, 1};
  const ValueId factor = b.parameter(strengthName, reshaped(strength, shape));
  return addOf(b, x.value, mulOf(b, map, factor));
}

ValueId addChannelBias(GraphBuilder& b, const FeatureMap& x, const std::string& name, const TensorData& bias) {
  if (bias.count() != x.channels)
    throw Error(name, "the bias has " + std::to_string(bias.count()) + " numbers for " + std::to_string(x.channels) +
                          " channels");
  return addOf(b, x.value, b.parameter(name, reshaped(bias, {1, x.channels, 1, 1})));
}

}  // namespace unitscope
