#include "attribution/relevance/layer_roles.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace unitscope {
namespace {

// Long chains between a gate and its sigmoid do not occur; this ends the walk in any graph.
constexpr int kLongestGate = 16;

bool isOneOf(std::string_view op, std::initializer_list<std::string_view> known) {
  return std::ranges::find(known, op) != known.end();
}

bool hasData(const Graph& graph, ValueId id) {
  return id != kNoValue && graph.value(id).data.has_value();
}

/// Whether a BatchNormalization behind it can be taken into the layer's weights.
bool takesNorm(const Node& layer) {
  if (isOneOf(layer.op, {"Conv", "ConvTranspose"})) return true;
  return layer.op == "Gemm" && layer.intOr("transA", 0) == 0 && layer.floatOr("beta", 1.0) == 1.0;
}

bool rearranges(const Node& node) {
  return isOneOf(node.op,
                 {"Identity", "Cast", "Dropout", "Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze", "Expand"});
}

}  // namespace

LayerRoles::LayerRoles(const Graph& graph, ValueId input, ValueId output)
    : graph_(graph), varies_(graph.values().size(), false) {
  if (input != kNoValue) varies_[static_cast<std::size_t>(input)] = true;
  for (const Node& node : graph.nodes())
    if (std::ranges::any_of(node.inputs, [&](ValueId id) { return varies(id); }))
      for (const ValueId id : node.outputs)
        if (id != kNoValue) varies_[static_cast<std::size_t>(id)] = true;
  findEnds(input, output);
  findMerged(output);
  findFinalSoftmax(output);
}

bool LayerRoles::isLinear(const Node& node) const {
  if (!node.domain.empty()) return false;
  if (isOneOf(node.op, {"Conv", "ConvTranspose", "DeformConv", "Gemm"})) return varies(node.input(0));
  return node.op == "MatMul" && varies(node.input(0)) != varies(node.input(1));
}

void LayerRoles::findEnds(ValueId input, ValueId output) {
  std::vector<bool> behind(graph_.values().size(), false);
  for (const Node& node : graph_.nodes()) {
    const bool linear = isLinear(node);
    const bool later = std::ranges::any_of(
        node.inputs, [&](ValueId id) { return id != kNoValue && behind[static_cast<std::size_t>(id)]; });
    if (linear && !later) first_.insert(&node);
    for (const ValueId id : node.outputs)
      // What is fed is not computed, whatever lies before it.
      if (id != kNoValue && id != input) behind[static_cast<std::size_t>(id)] = later || linear;
  }
  // From the output back, as long as no layer with weights is crossed.
  std::vector<bool> bare(graph_.values().size(), false);
  if (output != kNoValue) bare[static_cast<std::size_t>(output)] = true;
  for (auto node = graph_.nodes().rbegin(); node != graph_.nodes().rend(); ++node) {
    if (std::ranges::none_of(node->outputs,
                             [&](ValueId id) { return id != kNoValue && bare[static_cast<std::size_t>(id)]; }))
      continue;
    if (isLinear(*node)) {
      last_.insert(&*node);
      continue;
    }
    for (const ValueId id : node->inputs)
      if (id != kNoValue) bare[static_cast<std::size_t>(id)] = true;
  }
}

void LayerRoles::findMerged(ValueId output) {
  const std::vector<std::vector<NodeId>> consumers = graph_.consumers();
  for (const Node& layer : graph_.nodes()) {
    if (!isLinear(layer) || !takesNorm(layer) || layer.outputs.empty() || layer.outputs.front() == kNoValue) continue;
    const ValueId result = layer.outputs.front();
    const std::vector<NodeId>& readers = consumers[static_cast<std::size_t>(result)];
    if (readers.size() != 1 || result == output) continue;
    const Node& norm = graph_.node(readers.front());
    if (norm.op != "BatchNormalization" || !norm.domain.empty() || norm.input(0) != result) continue;
    if (norm.intOr("training_mode", 0) != 0) continue;
    bool fixed = true;
    for (std::size_t i = 1; i < 5; ++i) fixed = fixed && hasData(graph_, norm.input(i));
    if (!fixed) continue;
    normOf_.emplace(&layer, &norm);
    merged_.insert(&norm);
  }
}

void LayerRoles::findFinalSoftmax(ValueId output) {
  ValueId id = output;
  while (id != kNoValue && graph_.value(id).producer != kNoNode) {
    const Node& node = graph_.node(graph_.value(id).producer);
    if (isOneOf(node.op, {"Softmax", "LogSoftmax"})) {
      finalSoftmax_ = &node;
      return;
    }
    if (!rearranges(node)) return;
    id = node.input(0);
  }
}

const Node* LayerRoles::mergedNorm(const Node& layer) const {
  const auto it = normOf_.find(&layer);
  return it == normOf_.end() ? nullptr : it->second;
}

bool LayerRoles::isWeighting(ValueId id) const {
  for (int step = 0; step < kLongestGate; ++step) {
    if (!varies(id) || graph_.value(id).producer == kNoNode) return false;
    const Node& node = graph_.node(graph_.value(id).producer);
    if (isOneOf(node.op, {"Softmax", "Sigmoid", "HardSigmoid", "Erf", "Tanh"})) return true;
    // A hard sigmoid that was taken apart; what is bounded on one side only is an activation.
    if (node.op == "Clip") return node.inputs.size() > 2 && node.input(1) != kNoValue && node.input(2) != kNoValue;
    if (rearranges(node)) {
      id = node.input(0);
      continue;
    }
    if (!isOneOf(node.op, {"Add", "Sub", "Mul", "Div", "Where"})) return false;
    ValueId only = kNoValue;
    for (const ValueId source : node.inputs) {
      if (!varies(source)) continue;
      if (only != kNoValue && only != source) return false;
      only = source;
    }
    id = only;
  }
  return false;
}

}  // namespace unitscope
