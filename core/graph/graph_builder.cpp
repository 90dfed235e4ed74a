#include "graph/graph_builder.h"

#include <utility>

namespace unitscope {

ValueId GraphBuilder::input(std::string name, DType type, std::optional<Shape> shape) {
  const ValueId id = graph_.addValue({std::move(name), type, std::move(shape)});
  graph_.addInput(id);
  return id;
}

ValueId GraphBuilder::parameter(std::string name, TensorData data) {
  Value value{std::move(name)};
  value.data = std::move(data);
  value.trainable = true;
  return graph_.addValue(std::move(value));
}

ValueId GraphBuilder::constant(TensorData data, std::string name) {
  Value value{std::move(name)};
  value.data = std::move(data);
  return graph_.addValue(std::move(value));
}

ValueId GraphBuilder::constant(std::vector<std::int64_t> values, std::string name) {
  const auto size = static_cast<std::int64_t>(values.size());
  return constant(TensorData::fromInts({size}, std::move(values)), std::move(name));
}

ValueId GraphBuilder::op(std::string_view op, std::vector<ValueId> inputs, Attributes attributes, std::string name) {
  return ops(op, std::move(inputs), 1, std::move(attributes), std::move(name)).front();
}

std::vector<ValueId> GraphBuilder::ops(std::string_view op, std::vector<ValueId> inputs, std::size_t outputs,
                                       Attributes attributes, std::string name) {
  Node node;
  node.op = op;
  node.scope = scope_;
  node.name = !name.empty() ? std::move(name) : scope_.empty() ? node.op : scope_ + "/" + node.op;
  node.inputs = std::move(inputs);
  node.attributes = std::move(attributes);
  for (std::size_t i = 0; i < outputs; ++i) node.outputs.push_back(graph_.addValue({node.name}));
  std::vector<ValueId> made = node.outputs;
  graph_.addNode(std::move(node));
  return made;
}

ValueId GraphBuilder::custom(std::string_view domain, std::string_view op, std::vector<ValueId> inputs,
                             Attributes attributes) {
  const ValueId made = this->op(op, std::move(inputs), std::move(attributes));
  graph_.node(graph_.value(made).producer).domain = domain;
  return made;
}

void GraphBuilder::output(ValueId value, std::string name) {
  if (!name.empty()) graph_.renameValue(value, std::move(name));
  graph_.addOutput(value);
}

Graph GraphBuilder::take() {
  graph_.check();
  return std::exchange(graph_, {});
}

}  // namespace unitscope
