#include "examples/example_layers.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "engine/devices.h"
#include "engine/model_internal.h"
#include "examples/collect.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

// A value that nothing else reads is better looked at behind these.
constexpr auto kFollowers =
    std::to_array<std::string_view>({"Relu",      "LeakyRelu", "PRelu",    "Elu",
                                     "Selu",      "Celu",      "Sigmoid",  "HardSigmoid",
                                     "HardSwish", "Swish",     "Tanh",     "Clip",
                                     "Gelu",      "Mish",      "Softplus", "BatchNormalization",
                                     "Concat",    "Identity",  "Dropout",  "InstanceNormalization"});
// They show the units before them once more.
constexpr auto kEchoes = std::to_array<std::string_view>({"MaxPool", "AveragePool", "LpPool", "GlobalAveragePool",
                                                          "GlobalMaxPool", "ReduceMean", "Softmax", "LogSoftmax",
                                                          "Dropout", "Identity", "LRN", "Resize", "Pad"});

bool among(std::string_view op, const auto& list) {
  return std::ranges::find(list, op) != list.end();
}

std::optional<UnitLayer> asUnits(const std::string& name, ValueId value, const Shape& shape) {
  UnitLayer layer{name, value, 0, 1, 1, false};
  if (shape.size() == 4) {
    layer.units = shape[1];
    layer.height = shape[2];
    layer.width = shape[3];
  } else if (shape.size() == 3) {
    layer.tokens = true;
    layer.units = shape[2];
    layer.width = shape[1];
  } else if (shape.size() == 2) {
    layer.units = shape[1];
  }
  if (layer.units < 1 || layer.height < 1 || layer.width < 1) return std::nullopt;
  return layer;
}

/// Of the layers that end in the same value the one that a person would name: the innermost block with parts
/// ("features.12" rather than "features"), else the outermost.
std::size_t namedBest(const std::vector<Layer>& layers, std::size_t first) {
  std::vector<bool> hasParts(layers.size(), false);
  for (const Layer& layer : layers)
    if (layer.parent >= 0) hasParts[static_cast<std::size_t>(layer.parent)] = true;
  std::size_t best = first;
  for (std::size_t i = first; i < layers.size(); ++i)
    if (layers[i].output == layers[first].output && hasParts[i] && layers[i].depth > layers[best].depth) best = i;
  return best;
}

}  // namespace

std::vector<std::string> exampleLayers(Model& model, const CancelToken& cancel) {
  const Graph& graph = model.graph();
  const std::vector<Layer>& layers = model.layers();
  const std::vector<Shape>& shapes = model.layerShapes(cancel);
  const std::vector<std::vector<NodeId>> readers = graph.consumers();
  std::vector<std::pair<NodeId, std::string>> chosen;
  std::set<ValueId> taken;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const Layer& layer = layers[i];
    if (layer.plumbing || layer.output == kNoValue || taken.contains(layer.output)) continue;
    if (!asUnits(layer.name, layer.output, shapes[i])) continue;
    const NodeId maker = graph.value(layer.output).producer;
    if (maker == kNoNode || among(graph.node(maker).op, kEchoes)) continue;
    const auto& next = readers[static_cast<std::size_t>(layer.output)];
    const bool output = std::ranges::find(graph.outputs(), layer.output) != graph.outputs().end();
    const bool passed =
        !next.empty() && std::ranges::all_of(next, [&](NodeId n) { return among(graph.node(n).op, kFollowers); });
    if (passed && !output) continue;
    taken.insert(layer.output);
    chosen.emplace_back(maker, layers[namedBest(layers, i)].name);
  }
  std::ranges::stable_sort(chosen, {}, &std::pair<NodeId, std::string>::first);
  std::vector<std::string> names;
  for (auto& [maker, name] : chosen) names.push_back(std::move(name));
  return names;
}

std::vector<UnitLayer> unitLayers(Model& model, const std::vector<std::string>& names, const CancelToken& cancel) {
  Model::Internal& inside = model.internal();
  prepareComputeThread(inside.settings);
  const auto& shapes = inside.shapesFor(inside.blankInput());
  std::vector<UnitLayer> found;
  for (const std::string& name : names.empty() ? exampleLayers(model, cancel) : names) {
    const ValueId value = resolveLayer(model.graph(), model.layers(), name);
    if (std::ranges::find(found, value, &UnitLayer::value) != found.end()) continue;
    const auto info = shapes.find(value);
    const bool input = std::ranges::find(model.graph().inputs(), value) != model.graph().inputs().end();
    auto layer = info == shapes.end() || input ? std::nullopt : asUnits(name, value, info->second.shape);
    if (!layer)
      throw Error(name, "has no units: it is no map [N,C,H,W], no tokens [N,T,C] and no vector [N,C] of the picture");
    found.push_back(std::move(*layer));
  }
  if (found.empty()) throw Error("layers", "the network has none whose units could be looked at; name some");
  std::ranges::stable_sort(found, {}, [&](const UnitLayer& l) { return model.graph().value(l.value).producer; });
  return found;
}

}  // namespace unitscope
