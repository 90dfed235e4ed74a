#include "gan/graph_surgery.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/error.h"

namespace unitscope {
namespace {

/// Values without their producers, so that nodes can be added anew in another order.
Value loose(Value value) {
  value.producer = kNoNode;
  return value;
}

ValueId intConstant(Graph& graph, std::vector<std::int64_t> numbers) {
  Value value;
  value.name = "styles.constant";
  value.dtype = DType::Int64;
  value.shape = Shape{static_cast<std::int64_t>(numbers.size())};
  value.data = TensorData::fromInts(Shape{static_cast<std::int64_t>(numbers.size())}, numbers);
  return graph.addValue(std::move(value));
}

ValueId scalarIndex(Graph& graph, std::int64_t number) {
  Value value;
  value.name = "styles.index";
  value.dtype = DType::Int64;
  value.shape = Shape{};
  value.data = TensorData::scalar(number);
  return graph.addValue(std::move(value));
}

ValueId computed(Graph& graph, std::string op, std::vector<ValueId> inputs, std::string name, std::int64_t axis = -1) {
  Value value;
  value.name = std::move(name);
  value.dtype = DType::Float32;
  const ValueId output = graph.addValue(std::move(value));
  Node node;
  node.op = std::move(op);
  node.scope = "styles";
  node.inputs = std::move(inputs);
  node.outputs = {output};
  if (axis >= 0) node.attributes["axis"] = axis;
  graph.addNode(std::move(node));
  return output;
}

/// What the readers of w read instead.
class Copies {
 public:
  Copies(Graph& to, ValueId w, std::int64_t count) : to_(to) {
    const ValueId row = computed(to, "Unsqueeze", {w, intConstant(to, {1})}, "w_row");
    all_ = computed(to, "Expand", {row, intConstant(to, {1, count, 1})}, "w_plus");
  }
  ValueId next() {
    const std::int64_t index = taken_++;
    return computed(to_, "Gather", {all_, scalarIndex(to_, index)}, "w_plus." + std::to_string(index), 1);
  }

 private:
  Graph& to_;
  ValueId all_ = kNoValue;
  std::int64_t taken_ = 0;
};

bool plain(const std::optional<Shape>& shape) {
  return !shape || shape->size() <= 3 || (shape->size() == 4 && shape->at(2) == 1 && shape->at(3) == 1);
}

}  // namespace

Graph splitStyles(const Graph& graph, const std::string& w) {
  const ValueId style = graph.find(w);
  if (style == kNoValue) throw Error(w, "the network has no such value");
  const auto reads = [&](const Node& node) {
    return node.op != "Shape" && std::ranges::find(node.inputs, style) != node.inputs.end();
  };
  const auto readers = std::ranges::count_if(graph.nodes(), reads);
  if (readers == 0) throw Error(w, "nothing reads this value");

  Graph split;
  split.name = graph.name;
  split.producer = graph.producer;
  for (const Value& value : graph.values()) split.addValue(loose(value));
  std::optional<Copies> copies;
  const bool given = graph.value(style).producer == kNoNode;
  if (given) copies.emplace(split, style, readers);
  for (const Node& node : graph.nodes()) {
    Node copy = node;
    if (reads(node)) {
      const ValueId own = copies->next();
      std::ranges::replace(copy.inputs, style, own);
    }
    split.addNode(std::move(copy));
    if (!given && std::ranges::find(node.outputs, style) != node.outputs.end()) copies.emplace(split, style, readers);
  }
  for (const ValueId id : graph.inputs()) split.addInput(id);
  for (const ValueId id : graph.outputs()) split.addOutput(id);
  split.check();
  return split;
}

Graph joinGraphs(const Graph& mapping, const Graph& synthesis) {
  if (mapping.outputs().empty()) throw Error(mapping.name, "the mapping network has no output");
  ValueId door = kNoValue;
  for (const ValueId id : synthesis.inputs())
    if (door == kNoValue && !synthesis.value(id).data && plain(synthesis.value(id).shape)) door = id;
  if (door == kNoValue) throw Error(synthesis.name, "the synthesis network has no input that takes a latent");
  const std::optional<Shape>& given = mapping.value(mapping.outputs().front()).shape;
  const std::optional<Shape>& wanted = synthesis.value(door).shape;
  const auto last = [](const std::optional<Shape>& shape) { return shape && !shape->empty() ? shape->back() : -1; };
  if (last(given) > 0 && last(wanted) > 0 && last(given) != last(wanted))
    throw Error(synthesis.name, "takes latents of " + std::to_string(last(wanted)) +
                                    " numbers, but the mapping network makes " + std::to_string(last(given)));
  if (given && wanted && given->size() != wanted->size() && !(given->size() == 2 && wanted->size() == 3))
    throw Error(synthesis.name, "takes latents of another form than the mapping network makes");

  Graph joined = mapping;
  joined.name = mapping.name + " and " + synthesis.name;
  ValueId style = mapping.outputs().front();
  if (given && wanted && given->size() == 2 && wanted->size() == 3) {
    if (wanted->at(1) < 1) throw Error(synthesis.name, "does not say how many styles it takes");
    const ValueId row = computed(joined, "Unsqueeze", {style, intConstant(joined, {1})}, "w_row");
    style = computed(joined, "Expand", {row, intConstant(joined, {1, wanted->at(1), 1})}, "w_plus");
  }
  std::vector<ValueId> moved;
  for (std::size_t i = 0; i < synthesis.values().size(); ++i)
    moved.push_back(static_cast<ValueId>(i) == door ? style : joined.addValue(loose(synthesis.values()[i])));
  const auto translate = [&](std::vector<ValueId> ids) {
    for (ValueId& id : ids)
      if (id != kNoValue) id = moved.at(static_cast<std::size_t>(id));
    return ids;
  };
  for (Node node : synthesis.nodes()) {
    node.inputs = translate(node.inputs);
    node.outputs = translate(node.outputs);
    joined.addNode(std::move(node));
  }
  for (const ValueId id : synthesis.inputs())
    if (id != door) joined.addInput(moved[static_cast<std::size_t>(id)]);
  joined.replaceOutputs(translate(synthesis.outputs()));
  joined.check();
  return joined;
}

}  // namespace unitscope
