#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "engine/model_internal.h"
#include "gan/gan_dissection.h"
#include "gan/generator_internal.h"

namespace unitscope {
namespace {

constexpr std::int64_t kMostPlaces = 256 * 256;
constexpr int kMostSteps = 8;

bool bends(std::string_view op) {
  constexpr std::string_view known[] = {"Relu", "LeakyRelu", "PRelu",   "Elu",  "Selu",      "Celu",
                                        "Gelu", "Softplus",  "Sigmoid", "Tanh", "HardSwish", "Mish"};
  return std::ranges::find(known, op) != std::end(known);
}

/// Does to every unit the same, or a factor a place: what comes out is still the nonlinearity's map.
bool passes(std::string_view op) {
  constexpr std::string_view known[] = {"Mul", "Div", "Add", "Sub", "Clip", "Identity", "Cast"};
  return std::ranges::find(known, op) != std::end(known);
}

/// The nonlinearity that a map comes from by way of gains, clamps and pixel norms; kNoValue where it comes from
/// something else.
ValueId rootOf(const Graph& graph, const std::unordered_map<ValueId, Executor::ValueInfo>& shapes, ValueId value) {
  const auto unitsOf = [&](ValueId id) {
    const auto known = shapes.find(id);
    if (known == shapes.end() || known->second.shape.size() != 4) return std::int64_t{1};
    return known->second.shape[1];
  };
  const std::int64_t units = unitsOf(value);
  for (int step = 0; step < kMostSteps; ++step) {
    const NodeId producer = graph.value(value).producer;
    if (producer == kNoNode) return kNoValue;
    const Node& node = graph.node(producer);
    if (bends(node.op)) return value;
    if (!passes(node.op)) return kNoValue;
    std::vector<ValueId> wide;
    for (const ValueId id : node.inputs) {
      if (id == kNoValue) continue;
      if (const auto& weight = graph.value(id).data;
          weight && elementCount(graph.value(id).shape.value_or(Shape{})) > 1)
        return kNoValue;  // a bias or a noise map: the nonlinearity is still to come
      if (unitsOf(id) == units && units > 1) wide.push_back(id);
    }
    // x * sigmoid(x) reads the map twice.
    const auto bendsOther = [&](ValueId id, ValueId other) {
      const NodeId by = graph.value(id).producer;
      return by != kNoNode && bends(graph.node(by).op) && std::ranges::count(graph.node(by).inputs, other) > 0;
    };
    const bool gated = wide.size() == 2 && (bendsOther(wide[0], wide[1]) || bendsOther(wide[1], wide[0]));
    if (gated && node.op == "Mul") return value;
    if (wide.size() != 1) return kNoValue;
    value = wide.front();
  }
  return kNoValue;
}

std::set<ValueId> reachedFrom(const Graph& graph, const std::vector<ValueId>& from) {
  std::set<ValueId> reached(from.begin(), from.end());
  reached.erase(kNoValue);
  for (const Node& node : graph.nodes())
    if (std::ranges::any_of(node.inputs, [&](ValueId id) { return reached.contains(id); }))
      reached.insert(node.outputs.begin(), node.outputs.end());
  return reached;
}

/// Modules in place of their parts: a layer that ends in a filter or in a normalisation by styles is listed, and not
/// what it is made of. A module of many parts is a list, and its parts are layers.
std::vector<std::string> withoutParts(const std::vector<std::string>& names) {
  constexpr int kMostParts = 5;
  const auto moduleOf = [](const std::string& name) { return name.substr(0, std::min(name.rfind('.'), name.size())); };
  std::map<std::string, int> parts;
  for (const std::string& name : names) ++parts[moduleOf(name)];
  std::vector<std::string> kept;
  for (const std::string& name : names) {
    const std::string module = moduleOf(name);
    if (module == name || std::ranges::count(names, module) == 0 || parts[module] > kMostParts) kept.push_back(name);
  }
  return kept;
}

}  // namespace

std::vector<std::string> generatorLayers(Generator& generator, const CancelToken& cancel) {
  Generator::Internal& own = generator.internal();
  const Graph& graph = own.model->graph();
  const auto& shapes = own.inner().shapesFor(at::zeros(own.zSizes(1)));
  const std::set<ValueId> reached = reachedFrom(graph, {own.z, own.styles});
  std::vector<std::string> maps, bent;
  std::map<ValueId, std::size_t> ofRoot;
  for (const std::string& name : dissectableLayers(*own.model, cancel)) {
    const ValueId value = resolveLayer(graph, own.inner().layers, name);
    const auto shape = shapes.find(value);
    if (shape == shapes.end() || !reached.contains(value) || value == own.image) continue;
    const Shape& sizes = shape->second.shape;
    if (sizes.size() != 4 || sizes[1] <= generator.plan().imageShape[0] || sizes[2] * sizes[3] > kMostPlaces) continue;
    maps.push_back(name);
    const ValueId root = rootOf(graph, shapes, value);
    if (root == kNoValue) continue;
    // The last of those that come from one nonlinearity.
    const auto [known, isNew] = ofRoot.try_emplace(root, bent.size());
    if (isNew)
      bent.push_back(name);
    else
      bent[known->second] = name;
  }
  return bent.empty() ? withoutParts(maps) : bent;
}

}  // namespace unitscope
