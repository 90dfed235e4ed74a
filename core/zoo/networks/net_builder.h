#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "graph/graph_builder.h"

namespace unitscope {

/// How a network of the zoo is to be built.
struct NetOptions {
  std::uint64_t seed = 1;  ///< of the first weights
  bool training = false;   ///< batch norms use and yield the statistics of the batch
};

/// Writes a network layer by layer with freshly drawn weights: a GraphBuilder that knows the layers of the zoo. Weights
/// are named NAME.weight and NAME.bias, and the nodes of a layer carry its name as scope.
class NetBuilder {
 public:
  NetBuilder(std::string name, const NetOptions& options);

  struct ConvOptions {
    int stride = 1;
    bool bias = true;
    double gain = 1.4142135623730951;  ///< of He et al. 2015: sqrt(2) before a ReLU, 1 where nothing follows
  };
  /// Square kernel, padded so that a stride of 1 keeps the size. x [N,in,H,W].
  ValueId conv(const std::string& name, ValueId x, int in, int out, int kernel, const ConvOptions& options);
  ValueId conv(const std::string& name, ValueId x, int in, int out, int kernel) {
    return conv(name, x, in, out, kernel, ConvOptions{});
  }
  /// Ioffe & Szegedy 2015. While training, the running statistics come out beside it as second and third output.
  ValueId batchNorm(const std::string& name, ValueId x, int channels);
  struct LinearOptions {
    double gain = 1.0;
    double rate = 1.0;  ///< factor on the learning rate
    double bias = 0.0;  ///< first value of the bias
  };
  /// x [N,in]. Weights and bias are trained.
  ValueId linear(const std::string& name, ValueId x, int in, int out, const LinearOptions& options);
  ValueId linear(const std::string& name, ValueId x, int in, int out) {
    return linear(name, x, in, out, LinearOptions{});
  }

  ValueId relu(ValueId x) { return graph_.op("Relu", {x}); }
  ValueId leakyRelu(ValueId x);      ///< slope 0.2, as the published generators and discriminators have it
  ValueId averagePool(ValueId x);    ///< halves height and width
  ValueId upsample(ValueId x);       ///< doubles height and width, bilinear
  ValueId globalAverage(ValueId x);  ///< [N,C,H,W] to [N,C]
  ValueId add(ValueId a, ValueId b) { return graph_.op("Add", {a, b}); }
  ValueId mul(ValueId a, ValueId b) { return graph_.op("Mul", {a, b}); }

  /// A trained tensor of normally distributed values.
  ValueId normalParameter(const std::string& name, Shape shape, double deviation, double rate = 1.0);
  ValueId filledParameter(const std::string& name, Shape shape, float value, double rate = 1.0);
  /// The same values, not trained.
  ValueId normalConstant(const std::string& name, Shape shape, double deviation);

  GraphBuilder& graph() noexcept { return graph_; }
  /// Factors on the learning rate by parameter; those left out have 1, those with 0
  /// are not trained by gradients (statistics). With equalised rates (Karras et al. 2018) a
  /// weight learns in proportion to the deviation that it starts with.
  const std::map<std::string, double>& rates() const noexcept { return rates_; }
  void equaliseRates() noexcept { equalised_ = true; }
  const NetOptions& options() const noexcept { return options_; }

 private:
  std::vector<float> normals(std::int64_t count, double deviation);
  void setRate(const std::string& parameter, double rate);

  GraphBuilder graph_;
  NetOptions options_;
  std::uint64_t state_;
  bool equalised_ = false;
  std::map<std::string, double> rates_;
};

/// A network with what its training needs to know.
struct Network {
  Graph graph;
  std::map<std::string, double> rates;  ///< factors on the learning rate
};

}  // namespace unitscope
