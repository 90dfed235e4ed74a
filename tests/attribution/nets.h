#pragma once

#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include <ATen/ATen.h>

#include "attribution/method.h"
#include "graph/graph_builder.h"

namespace unitscope::test {

inline TensorData wavy(Shape shape, float seed, float scale = 1.0F) {
  std::vector<float> values(static_cast<std::size_t>(elementCount(shape)));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = scale * std::sin(seed + 1.7F * static_cast<float>(i));
  return TensorData::fromFloats(std::move(shape), std::move(values));
}

inline at::Tensor wavyPicture(std::int64_t height, std::int64_t width, std::int64_t batch = 1,
                              std::int64_t channels = 3) {
  return at::sin(at::arange(batch * channels * height * width, at::kFloat) * 0.37)
      .reshape({batch, channels, height, width});
}

/// A network for tests with the ids that queries need.
struct Net {
  std::shared_ptr<const Graph> graph;
  ValueId input = kNoValue, layer = kNoValue, output = kNoValue;
};

/// scores = W x + b over all pixels of a [C,side,side] picture.
inline Net linearNet(std::int64_t side, std::int64_t channels = 3, std::int64_t classes = 4) {
  GraphBuilder b("linear");
  Net net;
  net.input = b.input("x", DType::Float32, Shape{-1, channels, side, side});
  net.output = b.op("Gemm",
                    {b.op("Flatten", {net.input}), b.parameter("w", wavy({classes, channels * side * side}, 0.3F)),
                     b.parameter("b", wavy({classes}, 1.0F))},
                    {{"transB", std::int64_t{1}}});
  b.output(net.output, "scores");
  net.graph = std::make_shared<const Graph>(b.take());
  return net;
}

/// conv1 -> relu -> maxpool -> conv2 -> relu (the layer) -> average -> Gemm. `batch` is what the file declares.
inline Net convNet(std::int64_t side = 16, std::int64_t batch = -1) {
  GraphBuilder b("conv");
  Net net;
  const GraphBuilder::Attributes same{{"pads", std::vector<std::int64_t>{1, 1, 1, 1}},
                                      {"kernel_shape", std::vector<std::int64_t>{3, 3}}};
  net.input = b.input("x", DType::Float32, Shape{batch, 3, side, side});
  b.setScope("conv1");
  ValueId x = b.op("Conv",
                   {net.input, b.parameter("conv1.weight", wavy({6, 3, 3, 3}, 0.1F, 0.5F)),
                    b.parameter("conv1.bias", wavy({6}, 0.5F, 0.2F))},
                   same);
  b.setScope("relu1");
  x = b.op("Relu", {x});
  b.setScope("pool");
  x = b.op("MaxPool", {x},
           {{"kernel_shape", std::vector<std::int64_t>{2, 2}}, {"strides", std::vector<std::int64_t>{2, 2}}});
  b.setScope("conv2");
  x = b.op("Conv",
           {x, b.parameter("conv2.weight", wavy({5, 6, 3, 3}, 0.7F, 0.4F)),
            b.parameter("conv2.bias", wavy({5}, 2.0F, 0.2F))},
           same);
  b.setScope("relu2");
  net.layer = b.op("Relu", {x});
  b.setScope("head");
  x = b.op("GlobalAveragePool", {net.layer});
  // A fixed batch is often written into a Reshape, which then mixes the images of larger batches.
  x = batch > 0 ? b.op("Reshape", {x, b.constant({batch, 5})}) : b.op("Flatten", {x});
  net.output = b.op("Gemm", {x, b.parameter("head.weight", wavy({4, 5}, 0.9F, 3.0F))}, {{"transB", std::int64_t{1}}});
  b.output(net.output, "scores");
  net.graph = std::make_shared<const Graph>(b.take());
  return net;
}

/// A method on a network, with everything that a query needs.
class Asked {
 public:
  explicit Asked(Net net) : net_(std::move(net)), executor_(net_.graph) {}

  Executor& executor() { return executor_; }
  AttributionQuery query(const at::Tensor& input, std::int64_t target = 1) {
    AttributionQuery query{executor_, input, net_.input, net_.output, target, net_.layer, {}};
    return query;
  }
  Attribution run(const char* method, const at::Tensor& input, std::int64_t target = 1,
                  const std::vector<std::pair<const char*, const char*>>& settings = {}) {
    return run(method, query(input, target), settings);
  }
  Attribution run(const char* id, AttributionQuery query,
                  const std::vector<std::pair<const char*, const char*>>& settings = {}) {
    const AttributionMethod& method = registry_.find(id);
    for (const auto& [name, value] : settings) query.parameters.set(method.info(), name, std::string_view(value));
    return method.run(query, {}, {});
  }
  double score(const at::Tensor& input, std::int64_t target = 1) {
    return executor_.run(input, net_.output)[0][target].item<double>();
  }
  const MethodRegistry& registry() const { return registry_; }
  const Net& net() const { return net_; }

 private:
  Net net_;
  Executor executor_;
  MethodRegistry registry_;
};

inline at::Tensor tensorOf(const TensorData& data) {
  const std::vector<double> values = data.toDoubles();
  return at::tensor(values, at::kDouble).to(at::kFloat).reshape(data.shape());
}

inline double largestDifference(const at::Tensor& a, const at::Tensor& b) {
  return a.sizes() == b.sizes() ? (a - b).abs().max().item<double>() : 1e30;
}

inline double correlation(const at::Tensor& a, const at::Tensor& b) {
  const at::Tensor x = a.flatten().to(at::kDouble) - a.to(at::kDouble).mean();
  const at::Tensor y = b.flatten().to(at::kDouble) - b.to(at::kDouble).mean();
  return ((x * y).sum() / (x.norm() * y.norm())).item<double>();
}

}  // namespace unitscope::test
