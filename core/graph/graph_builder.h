#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.h"

namespace unitscope {

/// Writes a Graph node by node. Used by the readers that translate from other operator sets, by the embedded
/// networks and by hand-written circuits.
///
///     GraphBuilder b("edges");
///     const ValueId x = b.input("input", DType::Float32, {-1, 3, 64, 64});
///     b.setScope("conv1");
///     const ValueId y = b.op("Relu", {b.op("Conv", {x, b.parameter("conv1.weight", weight)})});
///     b.output(y, "logits");
///     Graph graph = b.take();
class GraphBuilder {
 public:
  using Attributes = std::map<std::string, Attribute, std::less<>>;

  explicit GraphBuilder(std::string name = {}) { graph_.name = std::move(name); }

  ValueId input(std::string name, DType type, std::optional<Shape> shape);
  /// A value that the user may edit and the trainer may train.
  ValueId parameter(std::string name, TensorData data);
  ValueId constant(TensorData data, std::string name = "constant");
  ValueId constant(std::vector<std::int64_t> values, std::string name = "constant");  ///< 1-D int64
  ValueId scalarFloat(float value) { return constant(TensorData::scalar(value)); }
  ValueId scalarInt(std::int64_t value) { return constant(TensorData::scalar(value)); }

  /// Nodes added from here on carry this module path.
  void setScope(std::string scope) { scope_ = std::move(scope); }
  const std::string& scope() const noexcept { return scope_; }

  /// Adds a node with one output and returns that. `name` names node and output; by default both are made from
  /// scope and operator.
  ValueId op(std::string_view op, std::vector<ValueId> inputs, Attributes attributes = {}, std::string name = {});
  /// The same with several outputs.
  std::vector<ValueId> ops(std::string_view op, std::vector<ValueId> inputs, std::size_t outputs,
                           Attributes attributes = {}, std::string name = {});
  /// As op() with another domain than ONNX's.
  ValueId custom(std::string_view domain, std::string_view op, std::vector<ValueId> inputs, Attributes attributes = {});

  /// Declares an output; where `name` is given the value is renamed to it.
  void output(ValueId value, std::string name = {});

  Graph& graph() noexcept { return graph_; }
  const Graph& graph() const noexcept { return graph_; }
  /// Checks and hands over the graph; the builder is empty afterwards.
  Graph take();

 private:
  Graph graph_;
  std::string scope_;
};

}  // namespace unitscope
