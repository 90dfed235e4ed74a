#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "graph/graph_builder.h"

namespace unitscope {

/// Gives the data of a parameter: its name as PyTorch's state dict has it, and the shape that the architecture demands.
/// Throws Error where there is none.
using ParameterSource = std::function<TensorData(const std::string& name, const Shape& shape)>;

/// Writes a network module by module, named as PyTorch names the modules and their parameters, so that its layers are
/// called as those of an exported network. The parameters come from a ParameterSource.
class LayerBuilder {
 public:
  LayerBuilder(std::string name, ParameterSource source) : graph_(std::move(name)), source_(std::move(source)) {}

  /// The picture [N,channels,H,W] of any size.
  ValueId input(std::int64_t channels);

  struct ConvOptions {
    int stride = 1;
    int pad = 0;
    int groups = 1;
    bool bias = true;
  };
  /// torch.nn.Conv2d with a square kernel. x [N,in,H,W].
  ValueId conv(const std::string& name, ValueId x, std::int64_t in, std::int64_t out, int kernel,
               const ConvOptions& options);
  /// torch.nn.BatchNorm2d with its running statistics.
  ValueId batchNorm(const std::string& name, ValueId x, std::int64_t channels, double epsilon = 1e-5);
  /// torch.nn.Linear. x [N,in].
  ValueId linear(const std::string& name, ValueId x, std::int64_t in, std::int64_t out);
  ValueId relu(const std::string& name, ValueId x);
  ValueId relu6(const std::string& name, ValueId x);

  struct PoolOptions {
    int stride = 2;
    int pad = 0;
    bool ceil = false;  ///< torch's ceil_mode: the last window may reach over the edge
  };
  /// torch.nn.MaxPool2d.
  ValueId maxPool(const std::string& name, ValueId x, int kernel, const PoolOptions& options);
  ValueId averagePool(const std::string& name, ValueId x, int kernel, int stride);
  /// torch.nn.AdaptiveAvgPool2d to side x side.
  ValueId adaptiveAverage(const std::string& name, ValueId x, int side);
  /// [N,C,h,w] to [N,C*h*w], outside of every module as in torchvision's forward().
  ValueId flatten(ValueId x);
  ValueId add(const std::string& scope, ValueId a, ValueId b);
  /// Along the channels.
  ValueId concat(const std::string& scope, std::vector<ValueId> parts);

  GraphBuilder& graph() noexcept { return graph_; }
  /// Names the output [N,classes] and hands over the network.
  Graph finish(ValueId logits, std::int64_t classes);

 private:
  ValueId parameter(const std::string& name, Shape shape);

  GraphBuilder graph_;
  ParameterSource source_;
};

}  // namespace unitscope
