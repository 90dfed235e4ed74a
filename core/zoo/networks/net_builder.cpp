#include "zoo/networks/net_builder.h"

#include <cmath>
#include <numbers>
#include <utility>

namespace unitscope {
namespace {

using Ints = std::vector<std::int64_t>;

/// SplitMix64 (Steele et al. 2014): the same numbers on every machine, unlike the distributions of <random>.
std::uint64_t nextRandom(std::uint64_t& state) {
  state += 0x9E3779B97F4A7C15ULL;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

/// In (0, 1].
double nextUniform(std::uint64_t& state) {
  return static_cast<double>((nextRandom(state) >> 11) + 1) * 0x1.0p-53;
}

}  // namespace

NetBuilder::NetBuilder(std::string name, const NetOptions& options)
    : graph_(std::move(name)), options_(options), state_(options.seed) {
  graph_.graph().producer = "Unitscope";
}

std::vector<float> NetBuilder::normals(std::int64_t count, double deviation) {
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& value : values) {
    // Box & Muller 1958.
    const double radius = std::sqrt(-2.0 * std::log(nextUniform(state_)));
    value = static_cast<float>(deviation * radius * std::cos(2.0 * std::numbers::pi * nextUniform(state_)));
  }
  return values;
}

void NetBuilder::setRate(const std::string& parameter, double rate) {
  if (rate != 1.0) rates_[parameter] = rate;
}

ValueId NetBuilder::normalParameter(const std::string& name, Shape shape, double deviation, double rate) {
  setRate(name, equalised_ ? rate * deviation : rate);
  const std::int64_t count = elementCount(shape);
  return graph_.parameter(name, TensorData::fromFloats(std::move(shape), normals(count, deviation)));
}

ValueId NetBuilder::filledParameter(const std::string& name, Shape shape, float value, double rate) {
  setRate(name, rate);
  const auto count = static_cast<std::size_t>(elementCount(shape));
  return graph_.parameter(name, TensorData::fromFloats(std::move(shape), std::vector<float>(count, value)));
}

ValueId NetBuilder::normalConstant(const std::string& name, Shape shape, double deviation) {
  const std::int64_t count = elementCount(shape);
  return graph_.constant(TensorData::fromFloats(std::move(shape), normals(count, deviation)), name);
}

ValueId NetBuilder::conv(const std::string& name, ValueId x, int in, int out, int kernel, const ConvOptions& options) {
  graph_.setScope(name);
  const double deviation = options.gain / std::sqrt(static_cast<double>(in) * kernel * kernel);
  std::vector<ValueId> inputs{x, normalParameter(name + ".weight", {out, in, kernel, kernel}, deviation)};
  if (options.bias) inputs.push_back(filledParameter(name + ".bias", {out}, 0.0f));
  const std::int64_t pad = (kernel - 1) / 2;
  return graph_.op("Conv", std::move(inputs),
                   {{"kernel_shape", Ints{kernel, kernel}},
                    {"pads", Ints{pad, pad, pad, pad}},
                    {"strides", Ints{options.stride, options.stride}}});
}

ValueId NetBuilder::batchNorm(const std::string& name, ValueId x, int channels) {
  graph_.setScope(name);
  const std::vector<ValueId> inputs{x, filledParameter(name + ".weight", {channels}, 1.0f),
                                    filledParameter(name + ".bias", {channels}, 0.0f),
                                    filledParameter(name + ".running_mean", {channels}, 0.0f, 0.0),
                                    filledParameter(name + ".running_var", {channels}, 1.0f, 0.0)};
  if (!options_.training) return graph_.op("BatchNormalization", inputs, {{"epsilon", 1e-5}});
  return graph_
      .ops("BatchNormalization", inputs, 3, {{"epsilon", 1e-5}, {"momentum", 0.9}, {"training_mode", std::int64_t{1}}})
      .front();
}

ValueId NetBuilder::linear(const std::string& name, ValueId x, int in, int out, const LinearOptions& options) {
  graph_.setScope(name);
  // A layer that learns slower starts with weights that are larger by as much (Karras et al. 2019), which the runtime
  // factor of the published networks undoes again: only the rate differs.
  const ValueId weight =
      normalParameter(name + ".weight", {out, in}, options.gain / std::sqrt(static_cast<double>(in)), options.rate);
  const ValueId bias = filledParameter(name + ".bias", {out}, static_cast<float>(options.bias), options.rate);
  return graph_.op("Gemm", {x, weight, bias}, {{"transB", std::int64_t{1}}});
}

ValueId NetBuilder::leakyRelu(ValueId x) {
  return graph_.op("LeakyRelu", {x}, {{"alpha", 0.2}});
}

ValueId NetBuilder::averagePool(ValueId x) {
  return graph_.op("AveragePool", {x}, {{"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}});
}

ValueId NetBuilder::upsample(ValueId x) {
  const ValueId scales = graph_.constant(TensorData::fromFloats({4}, {1, 1, 2, 2}), "scales");
  return graph_.op("Resize", {x, kNoValue, scales},
                   {{"mode", std::string("linear")}, {"coordinate_transformation_mode", std::string("half_pixel")}});
}

ValueId NetBuilder::globalAverage(ValueId x) {
  return graph_.op("Flatten", {graph_.op("GlobalAveragePool", {x})}, {{"axis", std::int64_t{1}}});
}

}  // namespace unitscope
