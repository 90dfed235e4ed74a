#include "judging/random_weights.h"

#include <algorithm>
#include <unordered_set>

#include <ATen/CPUGeneratorImpl.h>

namespace unitscope {
namespace {

bool isWeight(const Value& value) {
  return value.data && value.trainable && isFloating(value.data->dtype()) && elementCount(value.data->shape()) > 0;
}

/// Innermost layer that a node belongs to.
std::string layerOf(const std::vector<Layer>& layers, NodeId node, const Node& fallback) {
  const Layer* best = nullptr;
  for (const Layer& layer : layers)
    if ((best == nullptr || layer.depth >= best->depth) && std::ranges::find(layer.nodes, node) != layer.nodes.end())
      best = &layer;
  return best != nullptr ? best->name : fallback.label();
}

/// Nodes that `output` depends on.
std::vector<bool> ancestors(const Graph& graph, ValueId output) {
  std::vector<bool> needed(graph.nodes().size(), false);
  std::vector<ValueId> open{output};
  while (!open.empty()) {
    const ValueId id = open.back();
    open.pop_back();
    if (id == kNoValue) continue;
    const NodeId producer = graph.value(id).producer;
    if (producer == kNoNode || needed[static_cast<std::size_t>(producer)]) continue;
    needed[static_cast<std::size_t>(producer)] = true;
    const Node& node = graph.node(producer);
    open.insert(open.end(), node.inputs.begin(), node.inputs.end());
  }
  return needed;
}

}  // namespace

std::vector<WeightGroup> weightGroups(const Graph& graph, const std::vector<Layer>& layers, ValueId output) {
  const std::vector<bool> needed = ancestors(graph, output);
  std::vector<WeightGroup> groups;
  std::unordered_set<ValueId> seen;
  for (std::size_t n = 0; n < graph.nodes().size(); ++n) {
    if (!needed[n]) continue;
    const Node& node = graph.nodes()[n];
    std::vector<ValueId> own;
    bool kernel = false;
    for (const ValueId id : node.inputs) {
      if (id == kNoValue || !isWeight(graph.value(id)) || !seen.insert(id).second) continue;
      own.push_back(id);
      kernel = kernel || graph.value(id).data->shape().size() > 1;
    }
    if (own.empty()) continue;
    if (kernel || groups.empty()) groups.push_back({layerOf(layers, static_cast<NodeId>(n), node), {}});
    groups.back().weights.insert(groups.back().weights.end(), own.begin(), own.end());
  }
  std::ranges::reverse(groups);
  return groups;
}

RandomWeights::~RandomWeights() {
  try {
    restore();
  } catch (...) {
    // Only memory can fail here; the weights that are left are asked for again by nobody who could be told.
  }
}

void RandomWeights::draw(const WeightGroup& group) {
  for (const ValueId id : group.weights) {
    const at::Tensor was = executor_.parameter(id);
    former_.emplace(id, was);
    const at::Generator generator =
        at::make_generator<at::CPUGeneratorImpl>(seed_ * 1000003U + static_cast<std::uint64_t>(id));
    const at::Tensor plain = was.detach().to(at::kCPU, at::kFloat);
    at::Tensor drawn;
    if (plain.dim() > 1) {
      const double mean = plain.mean().item<double>();
      const double deviation = plain.std(/*unbiased=*/false).item<double>();
      drawn = at::randn(plain.sizes(), generator, at::TensorOptions(at::kFloat)) * deviation + mean;
    } else {
      const at::Tensor order = at::randperm(plain.numel(), generator, at::TensorOptions(at::kLong));
      drawn = plain.flatten().index_select(0, order).reshape(plain.sizes());
    }
    executor_.setParameter(id, drawn);
  }
}

void RandomWeights::restore() {
  for (auto it = former_.begin(); it != former_.end(); it = former_.erase(it)) {
    executor_.resetParameter(it->first);
    // The former weight may have been an edited one.
    if (!at::equal(executor_.parameter(it->first), it->second)) executor_.setParameter(it->first, it->second);
  }
}

}  // namespace unitscope
