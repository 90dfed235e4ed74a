#include "architectures/gans/generator_blocks.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "runtime/error.h"

namespace unitscope {
namespace {

using Ints = std::vector<std::int64_t>;

std::vector<float> floatsOf(const TensorData& data) {
  const std::vector<double> values = data.toDoubles();
  return {values.begin(), values.end()};
}

}  // namespace

FeatureMap plainConv(GraphBuilder& b, const FeatureMap& x, ValueId weight, std::int64_t out, std::int64_t kernel,
                     std::int64_t groups) {
  const ValueId y = b.op("Conv", {x.value, weight},
                         {{"kernel_shape", Ints{kernel, kernel}}, {"pads", Ints(4, kernel / 2)}, {"group", groups}});
  return {y, out, x.height, x.width};
}

FeatureMap nearestTwice(GraphBuilder& b, const FeatureMap& x) {
  const ValueId scales = b.constant(TensorData::fromFloats({4}, {1.0f, 1.0f, 2.0f, 2.0f}), "scales");
  const ValueId y = b.op("Resize", {x.value, kNoValue, scales},
                         {{"mode", std::string("nearest")},
                          {"coordinate_transformation_mode", std::string("asymmetric")},
                          {"nearest_mode", std::string("floor")}});
  return {y, x.channels, 2 * x.height, 2 * x.width};
}

FeatureMap fusedUpsampling(GraphBuilder& b, const FeatureMap& x, ValueId weight, std::int64_t out) {
  const ValueId y = b.op("ConvTranspose", {x.value, weight},
                         {{"kernel_shape", Ints{4, 4}}, {"pads", Ints(4, 1)}, {"strides", Ints{2, 2}}});
  return {y, out, 2 * x.height, 2 * x.width};
}

TensorData fusedKernel(const TensorData& weight, bool outFirst) {
  const std::vector<float> from = floatsOf(weight);
  const std::int64_t in = weight.shape()[outFirst ? 1 : 0], out = weight.shape()[outFirst ? 0 : 1];
  std::vector<float> to(static_cast<std::size_t>(in * out * 16));
  const auto at = [&](std::int64_t i, std::int64_t o, std::int64_t y, std::int64_t x) {
    if (y < 0 || x < 0 || y > 2 || x > 2) return 0.0f;
    return from[static_cast<std::size_t>(((outFirst ? o * in + i : i * out + o) * 3 + y) * 3 + x)];
  };
  std::size_t next = 0;
  for (std::int64_t i = 0; i < in; ++i)
    for (std::int64_t o = 0; o < out; ++o)
      for (std::int64_t y = 0; y < 4; ++y)
        for (std::int64_t x = 0; x < 4; ++x)
          to[next++] = at(i, o, y, x) + at(i, o, y - 1, x) + at(i, o, y, x - 1) + at(i, o, y - 1, x - 1);
  return TensorData::fromFloats({in, out, 4, 4}, std::move(to));
}

TensorData turned(const TensorData& weight) {
  std::vector<float> values = floatsOf(weight);
  const std::int64_t area = weight.shape()[2] * weight.shape()[3];
  for (auto begin = values.begin(); begin != values.end(); begin += area) std::reverse(begin, begin + area);
  return TensorData::fromFloats(weight.shape(), std::move(values));
}

Fir filterFrom(const TensorData& kernel, const std::string& subject) {
  const Shape& shape = kernel.shape();
  if (shape.size() < 2) throw Error(subject, "a filter of shape " + toString(shape) + " is not known");
  Fir fir = firFrom(reshaped(kernel, {shape[shape.size() - 2], shape.back()}), subject);
  double total = 0.0, most = 0.0;
  for (const float tap : fir.taps) {
    total += tap;
    most = std::max(most, std::abs(static_cast<double>(tap)));
  }
  if (fir.rows != fir.columns || total <= 0.0) return fir;
  const auto n = static_cast<std::size_t>(fir.rows);
  std::vector<float> line(n);
  for (std::size_t y = 0; y < n; ++y) {
    double sum = 0.0;
    for (std::size_t x = 0; x < n; ++x) sum += fir.taps[y * n + x];
    line[y] = static_cast<float>(sum / std::sqrt(total));
  }
  for (std::size_t y = 0; y < n; ++y)
    for (std::size_t x = 0; x < n; ++x)
      if (std::abs(fir.taps[y * n + x] - line[y] * line[x]) > 1e-6 * most) return fir;
  return {1, fir.columns, std::move(line)};
}

ValueId genforceStyles(GraphBuilder& b, GeneratorWeights& weights, const GenforceMapping& mapping, std::int64_t layers,
                       std::int64_t styleSize) {
  constexpr double kLearningRate = 0.01;
  constexpr std::int64_t kMostDense = 64;
  constexpr std::int64_t kTruncated = 8;
  const std::int64_t depth = weights.count("mapping.dense", ".weight", kMostDense);
  if (depth == 0) throw Error("mapping.dense0.weight", "is missing");
  std::int64_t width = weights.shapeOf("mapping.dense0.weight", 2)[1];
  ValueId x = kNoValue;
  if (weights.has("mapping.label_weight")) {
    const Shape label = weights.shapeOf("mapping.label_weight", 2);
    const ValueId z = b.input("z", DType::Float32, Shape{-1, label[1]});
    const ValueId given = b.input("class", DType::Float32, Shape{-1, label[0]});
    b.setScope("mapping.label");
    x = b.op("MatMul", {given, b.parameter("mapping.label_weight", weights.take("mapping.label_weight", label))});
    x = b.op("Concat", {z, x}, {{"axis", std::int64_t{1}}});
    if (width != 2 * label[1])
      throw Error("mapping.dense0.weight", "does not fit the latent and the embedding of the class together");
  } else {
    x = b.input("z", DType::Float32, Shape{-1, width});
  }
  b.setScope("mapping.norm");
  x = rootMeanSquareNorm(b, x);
  for (std::int64_t i = 0; i < depth; ++i) {
    const std::string name = "mapping.dense" + std::to_string(i);
    const std::int64_t out = weights.shapeOf(name + ".weight", 2)[0];
    const double gain = mapping.weightGain * kLearningRate / std::sqrt(static_cast<double>(width));
    x = styleLinear(
        b, name, x,
        {weights.take(name + ".weight", {out, width}), weights.take(name + ".bias", {out}), gain, kLearningRate});
    x = activate(b, x, {.slope = 0.2, .gain = mapping.gain});
    width = out;
  }
  b.graph().renameValue(x, "w");
  const bool oneForAll = width == styleSize;
  if (!oneForAll && width != layers * styleSize)
    throw Error("mapping", "its last layer gives " + std::to_string(width) + " numbers where styles have " +
                               std::to_string(styleSize));
  b.setScope("truncation");
  if (oneForAll)
    x = b.op("Expand", {b.op("Unsqueeze", {x, b.constant({1})}), b.constant({1, layers, 1})});
  else
    x = b.op("Reshape", {x, b.constant({-1, layers, styleSize})});
  if (weights.has("truncation.w_avg")) {
    const TensorData mean = weights.take("truncation.w_avg", {width});
    const ValueId centre = b.parameter("w_mean", oneForAll ? mean : reshaped(mean, {layers, styleSize}));
    const ValueId truncation = b.parameter("truncation", TensorData::fromFloats({1}, {1.0f}));
    b.graph().addInput(truncation);
    std::vector<float> first(static_cast<std::size_t>(layers), 0.0f);
    std::fill_n(first.begin(), std::min(layers, kTruncated), 1.0f);
    const ValueId mask = b.constant(TensorData::fromFloats({layers, 1}, std::move(first)), "first_layers");
    const ValueId one = b.scalarFloat(1.0f);
    const ValueId factors = addOf(b, mulOf(b, b.op("Sub", {truncation, one}), mask), one);
    x = addOf(b, centre, mulOf(b, b.op("Sub", {x, centre}), factors));
  }
  b.graph().renameValue(x, "w_plus");
  return x;
}

Graph finishGenerator(GraphBuilder& b, const FeatureMap& image) {
  Value& output = b.graph().value(image.value);
  output.dtype = DType::Float32;
  output.shape = Shape{-1, image.channels, image.height, image.width};
  b.output(image.value, "image");
  return b.take();
}

}  // namespace unitscope
