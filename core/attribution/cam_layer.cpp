#include "attribution/cam_layer.h"

#include <algorithm>
#include <initializer_list>
#include <set>
#include <string_view>

namespace unitscope {
namespace {

bool isOneOf(std::string_view op, std::initializer_list<std::string_view> known) {
  return std::ranges::find(known, op) != known.end();
}

const Shape* mapShape(const ValueShapes& shapes, ValueId id) {
  const auto it = shapes.find(id);
  if (it == shapes.end() || it->second.shape.size() != 4) return nullptr;
  return &it->second.shape;
}

/// ReduceMean and the like over the two last axes: a global pooling under another name.
bool reducesPlaces(const Graph& graph, const Node& node) {
  if (!isOneOf(node.op, {"ReduceMean", "ReduceMax", "ReduceSum", "ReduceL2"})) return false;
  std::vector<std::int64_t> axes = node.intsOr("axes");
  const ValueId given = node.input(1);
  if (given != kNoValue && graph.value(given).data) axes = graph.value(given).data->toInts();
  std::set<std::int64_t> places;
  for (const std::int64_t axis : axes) places.insert(axis < 0 ? axis + 4 : axis);
  return places == std::set<std::int64_t>{2, 3};
}

bool worksOnPlaces(const Graph& graph, const Node& node) {
  return isOneOf(node.op, {"Conv",
                           "ConvTranspose",
                           "DeformConv",
                           "MaxPool",
                           "AveragePool",
                           "LpPool",
                           "GlobalAveragePool",
                           "GlobalMaxPool",
                           "GlobalLpPool",
                           "AdaptiveAveragePool",
                           "AdaptiveMaxPool",
                           "BatchNormalization",
                           "InstanceNormalization",
                           "GroupNormalization",
                           "LRN",
                           "Resize",
                           "Upsample",
                           "DepthToSpace",
                           "SpaceToDepth",
                           "GridSample"}) ||
         reducesPlaces(graph, node);
}

/// By ValueId: whether the value depends on one of the marked ones, or is marked itself.
std::vector<bool> dependants(const Graph& graph, ValueId input) {
  std::vector<bool> reached(graph.values().size(), false);
  if (input != kNoValue) reached[static_cast<std::size_t>(input)] = true;
  for (const Node& node : graph.nodes()) {
    const bool reads = std::ranges::any_of(
        node.inputs, [&](ValueId id) { return id != kNoValue && reached[static_cast<std::size_t>(id)]; });
    if (!reads) continue;
    for (const ValueId id : node.outputs)
      if (id != kNoValue) reached[static_cast<std::size_t>(id)] = true;
  }
  return reached;
}

/// By ValueId: whether one of `targets` depends on the value, or is it.
std::vector<bool> ancestors(const Graph& graph, const std::vector<ValueId>& targets) {
  std::vector<bool> needed(graph.values().size(), false);
  for (const ValueId id : targets)
    if (id != kNoValue) needed[static_cast<std::size_t>(id)] = true;
  for (auto node = graph.nodes().rbegin(); node != graph.nodes().rend(); ++node) {
    const bool read = std::ranges::any_of(
        node->outputs, [&](ValueId id) { return id != kNoValue && needed[static_cast<std::size_t>(id)]; });
    if (!read) continue;
    for (const ValueId id : node->inputs)
      if (id != kNoValue) needed[static_cast<std::size_t>(id)] = true;
  }
  return needed;
}

/// Multiplies what comes from the picture with something that does not: its weights, however they are stored.
bool hasWeights(const Graph& graph, const Node& node, const std::vector<bool>& fromInput) {
  if (!isOneOf(node.op, {"Conv", "ConvTranspose", "DeformConv", "Gemm", "MatMul"})) return false;
  const ValueId data = node.input(0);
  const ValueId weight = node.input(1);
  if (data == kNoValue || weight == kNoValue) return false;
  const bool dataVaries = fromInput[static_cast<std::size_t>(data)];
  const bool weightVaries = fromInput[static_cast<std::size_t>(weight)];
  return dataVaries != weightVaries && graph.value(weight).dtype != DType::Int64;
}

/// The value behind operators that do nothing when a network is used rather than trained.
ValueId withoutPassing(const Graph& graph, ValueId id) {
  while (id != kNoValue && graph.value(id).producer != kNoNode) {
    const Node& node = graph.node(graph.value(id).producer);
    if (!isOneOf(node.op, {"Dropout", "Identity"}) || node.outputs.front() != id) break;
    id = node.input(0);
  }
  return id;
}

}  // namespace

std::vector<ValueId> featureMaps(const Graph& graph, const ValueShapes& shapes, ValueId input, ValueId output) {
  const std::vector<bool> fromInput = dependants(graph, input);
  const std::vector<bool> toOutput = ancestors(graph, {output});
  std::vector<bool> onPlaces(graph.values().size(), false);
  for (const Node& node : graph.nodes()) {
    if (!worksOnPlaces(graph, node)) continue;
    if (node.input(0) != kNoValue) onPlaces[static_cast<std::size_t>(node.inputs[0])] = true;
    if (!node.outputs.empty() && node.outputs[0] != kNoValue)
      onPlaces[static_cast<std::size_t>(node.outputs[0])] = true;
  }
  std::vector<ValueId> maps;
  for (const Node& node : graph.nodes()) {
    for (const ValueId id : node.outputs) {
      if (id == kNoValue) continue;
      const auto v = static_cast<std::size_t>(id);
      if (!fromInput[v] || !toOutput[v] || !onPlaces[v]) continue;
      const Shape* shape = mapShape(shapes, id);
      if (shape != nullptr && (*shape)[2] * (*shape)[3] > 1) maps.push_back(id);
    }
  }
  return maps;
}

ValueId defaultCamLayer(const Graph& graph, const ValueShapes& shapes, ValueId input, ValueId output) {
  const std::vector<ValueId> maps = featureMaps(graph, shapes, input, output);
  if (maps.empty()) return kNoValue;
  const std::vector<bool> fromInput = dependants(graph, input);
  const std::vector<bool> toOutput = ancestors(graph, {output});
  const Node* head = nullptr;
  for (const Node& node : graph.nodes()) {
    const bool used = std::ranges::any_of(
        node.outputs, [&](ValueId id) { return id != kNoValue && toOutput[static_cast<std::size_t>(id)]; });
    if (used && hasWeights(graph, node, fromInput)) head = &node;
  }
  if (head != nullptr) {
    const std::vector<bool> before = ancestors(graph, head->inputs);
    for (auto map = maps.rbegin(); map != maps.rend(); ++map)
      if (before[static_cast<std::size_t>(*map)]) return withoutPassing(graph, *map);
  }
  return withoutPassing(graph, maps.back());
}

}  // namespace unitscope
