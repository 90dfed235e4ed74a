#include "graph/layers.h"

#include <algorithm>
#include <array>
#include <limits>
#include <unordered_map>
#include <unordered_set>

#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr std::array kPlumbing = {"Constant", "ConstantOfShape", "Shape",     "Size",      "Reshape",
                                  "Flatten",  "Squeeze",         "Unsqueeze", "Transpose", "Cast",
                                  "CastLike", "Gather",          "Slice",     "Expand",    "Identity",
                                  "Range",    "Dropout",         "Where",     "Equal",     "Mod",
                                  "Tile",     "GatherND",        "ScatterND"};

bool isPlumbing(const Node& node) {
  return std::ranges::find(kPlumbing, node.op) != kPlumbing.end();
}

bool isWeighted(const Node& node) {
  return node.op == "Conv" || node.op == "ConvTranspose" || node.op == "Gemm" || node.op == "MatMul";
}

class LayerFinder {
 public:
  explicit LayerFinder(const Graph& graph) : graph_(graph), consumers_(graph.consumers()) {
    anyScope_ = std::ranges::any_of(graph.nodes(), [](const Node& n) { return !n.scope.empty(); });
  }

  std::vector<Layer> find() {
    for (std::size_t n = 0; n < graph_.nodes().size(); ++n) {
      const Node& node = graph_.nodes()[n];
      const auto id = static_cast<NodeId>(n);
      if (node.scope.empty())
        addLoose(id);
      else
        addScoped(id, node.scope);
    }
    for (Layer& layer : layers_) finish(layer);
    sortParentsFirst();
    return std::move(layers_);
  }

 private:
  void addScoped(NodeId id, const std::string& scope) {
    int parent = -1;
    int depth = 0;
    for (std::size_t end = scope.find('.');; end = scope.find('.', end + 1)) {
      const std::string prefix = scope.substr(0, end);
      auto [it, isNew] = byName_.try_emplace(prefix, static_cast<int>(layers_.size()));
      if (isNew) {
        Layer layer;
        layer.name = prefix;
        layer.parent = parent;
        layer.depth = depth;
        layers_.push_back(std::move(layer));
      }
      layers_[static_cast<std::size_t>(it->second)].nodes.push_back(id);
      parent = it->second;
      ++depth;
      if (end == std::string::npos) break;
    }
  }

  void addLoose(NodeId id) {
    const Node& node = graph_.node(id);
    std::string name;
    if (!anyScope_) {
      name = node.name;
      if (name.empty())
        for (const ValueId v : node.outputs)
          if (v != kNoValue) {
            name = graph_.value(v).name;
            break;
          }
    }
    // Exporters disagree on names outside modules ("/Flatten", "node_flatten"), so the operator names them.
    if (name.empty()) name = node.op;
    std::string unique = name;
    for (int i = 2; byName_.contains(unique); ++i) unique = name + "_" + std::to_string(i);
    byName_.emplace(unique, static_cast<int>(layers_.size()));
    Layer layer;
    layer.name = std::move(unique);
    layer.nodes = {id};
    layers_.push_back(std::move(layer));
  }

  /// The last node whose result leaves the layer: exporters may put shape arithmetic behind it.
  ValueId outputOf(const Layer& layer) const {
    const std::unordered_set<NodeId> inside(layer.nodes.begin(), layer.nodes.end());
    ValueId fallback = kNoValue;
    for (auto it = layer.nodes.rbegin(); it != layer.nodes.rend(); ++it)
      for (const ValueId v : graph_.node(*it).outputs) {
        if (v == kNoValue) continue;
        if (fallback == kNoValue) fallback = v;
        if (std::ranges::find(graph_.outputs(), v) != graph_.outputs().end()) return v;
        const auto& readers = consumers_[static_cast<std::size_t>(v)];
        const bool leaves = std::ranges::any_of(readers, [&](NodeId r) {
          return !inside.contains(r) && graph_.node(r).op != "Shape" && graph_.node(r).op != "Size";
        });
        if (leaves) return v;
      }
    return fallback;
  }

  void finish(Layer& layer) const {
    layer.output = outputOf(layer);
    std::unordered_set<ValueId> counted;
    std::string main;
    int working = 0;
    int weighted = 0;
    for (const NodeId id : layer.nodes) {
      const Node& node = graph_.node(id);
      if (!isPlumbing(node)) {
        ++working;
        // Pad+Conv+BatchNorm+Relu is shown under its Conv.
        if (main.empty() || (isWeighted(node) && weighted == 0)) main = node.op;
        if (isWeighted(node)) ++weighted;
      }
      for (const ValueId v : node.inputs) {
        if (v == kNoValue || !counted.insert(v).second) continue;
        const Value& value = graph_.value(v);
        if (value.trainable && value.data) layer.parameters += value.data->count();
      }
    }
    layer.plumbing = working == 0;
    if (working == 0 && !layer.nodes.empty()) main = graph_.node(layer.nodes.back()).op;
    const bool several = weighted > 1 || (weighted == 0 && working > 1) || (weighted == 1 && working > 3);
    layer.op = several ? "" : main;
  }

  void sortParentsFirst() {
    // Parents were made before their children, but a module visited twice may have later parts: order by tree.
    std::vector<std::vector<int>> children(layers_.size());
    std::vector<int> order;
    for (std::size_t i = 0; i < layers_.size(); ++i)
      if (layers_[i].parent >= 0) children[static_cast<std::size_t>(layers_[i].parent)].push_back(static_cast<int>(i));
    std::vector<int> stack;
    for (std::size_t i = layers_.size(); i-- > 0;)
      if (layers_[i].parent < 0) stack.push_back(static_cast<int>(i));
    while (!stack.empty()) {
      const int i = stack.back();
      stack.pop_back();
      order.push_back(i);
      const auto& below = children[static_cast<std::size_t>(i)];
      stack.insert(stack.end(), below.rbegin(), below.rend());
    }
    std::vector<int> position(layers_.size());
    for (std::size_t i = 0; i < order.size(); ++i) position[static_cast<std::size_t>(order[i])] = static_cast<int>(i);
    std::vector<Layer> sorted;
    sorted.reserve(layers_.size());
    for (const int i : order) {
      Layer layer = std::move(layers_[static_cast<std::size_t>(i)]);
      if (layer.parent >= 0) layer.parent = position[static_cast<std::size_t>(layer.parent)];
      sorted.push_back(std::move(layer));
    }
    layers_ = std::move(sorted);
  }

  const Graph& graph_;
  std::vector<std::vector<NodeId>> consumers_;
  bool anyScope_ = false;
  std::vector<Layer> layers_;
  std::unordered_map<std::string, int> byName_;
};

std::size_t editDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

std::vector<Layer> findLayers(const Graph& graph) {
  return LayerFinder(graph).find();
}

ValueId resolveLayer(const Graph& graph, const std::vector<Layer>& layers, std::string_view name) {
  for (const Layer& layer : layers)
    if (layer.name == name && layer.output != kNoValue) return layer.output;
  if (const ValueId id = graph.find(name); id != kNoValue) return id;
  if (name == "output" && !graph.outputs().empty()) return graph.outputs().front();
  if (name == "input" && !graph.inputs().empty()) return graph.inputs().front();
  for (const Node& node : graph.nodes())
    if (node.name == name && !node.outputs.empty() && node.outputs.front() != kNoValue) return node.outputs.front();

  constexpr std::size_t kLongestCompared = 200;
  std::vector<std::pair<std::size_t, std::string>> near;
  if (name.size() <= kLongestCompared)
    for (const Layer& layer : layers)
      if (layer.name.size() <= kLongestCompared) near.emplace_back(editDistance(name, layer.name), layer.name);
  std::ranges::stable_sort(near, {}, &std::pair<std::size_t, std::string>::first);
  std::string hint;
  for (std::size_t i = 0; i < std::min<std::size_t>(3, near.size()); ++i)
    hint += (i == 0 ? "; nearest: " : ", ") + near[i].second;
  throw Error(std::string(name), "there is no layer of this name" + hint);
}

}  // namespace unitscope
