#include "architectures/layer_builder.h"

#include <utility>

namespace unitscope {
namespace {

using Ints = std::vector<std::int64_t>;

Ints twice(std::int64_t n) {
  return {n, n};
}
Ints allAround(std::int64_t n) {
  return {n, n, n, n};
}

}  // namespace

ValueId LayerBuilder::parameter(const std::string& name, Shape shape) {
  return graph_.parameter(name, source_(name, shape));
}

ValueId LayerBuilder::input(std::int64_t channels) {
  return graph_.input("input", DType::Float32, Shape{-1, channels, -1, -1});
}

ValueId LayerBuilder::conv(const std::string& name, ValueId x, std::int64_t in, std::int64_t out, int kernel,
                           const ConvOptions& options) {
  graph_.setScope(name);
  std::vector<ValueId> inputs{x, parameter(name + ".weight", {out, in / options.groups, kernel, kernel})};
  if (options.bias) inputs.push_back(parameter(name + ".bias", {out}));
  return graph_.op("Conv", std::move(inputs),
                   {{"kernel_shape", twice(kernel)},
                    {"strides", twice(options.stride)},
                    {"pads", allAround(options.pad)},
                    {"group", std::int64_t{options.groups}}});
}

ValueId LayerBuilder::batchNorm(const std::string& name, ValueId x, std::int64_t channels, double epsilon) {
  graph_.setScope(name);
  std::vector<ValueId> inputs{x};
  for (const char* part : {".weight", ".bias", ".running_mean", ".running_var"})
    inputs.push_back(parameter(name + part, {channels}));
  return graph_.op("BatchNormalization", std::move(inputs), {{"epsilon", epsilon}});
}

ValueId LayerBuilder::linear(const std::string& name, ValueId x, std::int64_t in, std::int64_t out) {
  graph_.setScope(name);
  const ValueId weight = parameter(name + ".weight", {out, in});
  return graph_.op("Gemm", {x, weight, parameter(name + ".bias", {out})}, {{"transB", std::int64_t{1}}});
}

ValueId LayerBuilder::relu(const std::string& name, ValueId x) {
  graph_.setScope(name);
  return graph_.op("Relu", {x});
}

ValueId LayerBuilder::relu6(const std::string& name, ValueId x) {
  graph_.setScope(name);
  constexpr float kMost = 6.0f;
  return graph_.op("Clip", {x, graph_.scalarFloat(0.0f), graph_.scalarFloat(kMost)});
}

ValueId LayerBuilder::maxPool(const std::string& name, ValueId x, int kernel, const PoolOptions& options) {
  graph_.setScope(name);
  return graph_.op("MaxPool", {x},
                   {{"kernel_shape", twice(kernel)},
                    {"strides", twice(options.stride)},
                    {"pads", allAround(options.pad)},
                    {"ceil_mode", std::int64_t{options.ceil ? 1 : 0}}});
}

ValueId LayerBuilder::averagePool(const std::string& name, ValueId x, int kernel, int stride) {
  graph_.setScope(name);
  return graph_.op("AveragePool", {x}, {{"kernel_shape", twice(kernel)}, {"strides", twice(stride)}});
}

ValueId LayerBuilder::adaptiveAverage(const std::string& name, ValueId x, int side) {
  graph_.setScope(name);
  if (side == 1) return graph_.op("GlobalAveragePool", {x});
  return graph_.custom(kUnitscopeDomain, "AdaptiveAvgPool", {x}, {{"output_size", twice(side)}});
}

ValueId LayerBuilder::flatten(ValueId x) {
  graph_.setScope({});
  return graph_.op("Flatten", {x}, {{"axis", std::int64_t{1}}});
}

ValueId LayerBuilder::add(const std::string& scope, ValueId a, ValueId b) {
  graph_.setScope(scope);
  return graph_.op("Add", {a, b});
}

ValueId LayerBuilder::concat(const std::string& scope, std::vector<ValueId> parts) {
  if (parts.size() == 1) return parts.front();
  graph_.setScope(scope);
  return graph_.op("Concat", std::move(parts), {{"axis", std::int64_t{1}}});
}

Graph LayerBuilder::finish(ValueId logits, std::int64_t classes) {
  Value& output = graph_.graph().value(logits);
  output.dtype = DType::Float32;
  output.shape = Shape{-1, classes};
  graph_.output(logits, "logits");
  return graph_.take();
}

}  // namespace unitscope
