#include "exec/fusion.h"

#include <algorithm>

namespace unitscope {
namespace {

bool isConstant(const Graph& graph, ValueId id) {
  return id == kNoValue ||
         (graph.value(id).data.has_value() && std::ranges::find(graph.inputs(), id) == graph.inputs().end());
}

bool isPlainConv2d(const Graph& graph, const Node& node) {
  if (node.op != "Conv" || !node.domain.empty() || node.input(0) == kNoValue || node.input(1) == kNoValue) return false;
  const std::string pad = node.stringOr("auto_pad", "NOTSET");
  if (pad != "NOTSET" && pad != "VALID") return false;
  if (!isConstant(graph, node.input(1)) || !isConstant(graph, node.input(2))) return false;
  const Value& weight = graph.value(node.input(1));
  if (weight.dtype != DType::Float32 || !weight.shape || weight.shape->size() != 4) return false;
  const auto pads = node.intsOr("pads", {0, 0, 0, 0});
  return pads.size() == 4 && pads[0] == pads[2] && pads[1] == pads[3];
}

bool isInferenceBatchNorm(const Graph& graph, const Node& node) {
  if (node.op != "BatchNormalization" || !node.domain.empty() || node.intOr("training_mode", 0) != 0) return false;
  if (node.inputs.size() != 5) return false;
  for (std::size_t i = 1; i < 5; ++i)
    if (node.inputs[i] == kNoValue || !isConstant(graph, node.inputs[i])) return false;
  return std::ranges::count_if(node.outputs, [](ValueId v) { return v != kNoValue; }) == 1;
}

}  // namespace

FoldedConvolution foldedConvolution(const Graph& graph, const Fusion& fusion,
                                    const std::function<at::Tensor(ValueId)>& parameter) {
  const Node& conv = graph.node(fusion.nodes.front());
  FoldedConvolution folded{parameter(conv.input(1)), {}};
  if (conv.input(2) != kNoValue) folded.bias = parameter(conv.input(2));
  if (fusion.batchNorm == kNoNode) return folded;
  const Node& norm = graph.node(fusion.batchNorm);
  const at::Tensor scale =
      parameter(norm.inputs[1]) / (parameter(norm.inputs[4]) + norm.floatOr("epsilon", 1e-5)).sqrt();
  const at::Tensor mean = parameter(norm.inputs[3]);
  folded.weight = folded.weight * scale.reshape({-1, 1, 1, 1});
  folded.bias = (folded.bias.defined() ? (folded.bias - mean) * scale : -mean * scale) + parameter(norm.inputs[2]);
  return folded;
}

Fusions::Fusions(const Graph& graph) : graph_(graph) {
  const auto consumers = graph.consumers();
  const auto soleReader = [&](ValueId id) -> NodeId {
    const auto& readers = consumers[static_cast<std::size_t>(id)];
    const bool isOutput = std::ranges::find(graph.outputs(), id) != graph.outputs().end();
    return readers.size() == 1 && !isOutput ? readers.front() : kNoNode;
  };
  for (std::size_t n = 0; n < graph.nodes().size(); ++n) {
    const auto id = static_cast<NodeId>(n);
    if (!isPlainConv2d(graph, graph.node(id))) continue;
    Fusion chain;
    chain.nodes = {id};
    chain.output = graph.node(id).outputs.front();
    NodeId next = soleReader(chain.output);
    if (next != kNoNode && isInferenceBatchNorm(graph, graph.node(next)) && graph.node(next).input(0) == chain.output) {
      chain.batchNorm = next;
      chain.nodes.push_back(next);
      chain.output = graph.node(next).outputs.front();
      next = soleReader(chain.output);
    }
    if (next != kNoNode && graph.node(next).op == "Relu" && graph.node(next).domain.empty()) {
      chain.relu = true;
      chain.nodes.push_back(next);
      chain.output = graph.node(next).outputs.front();
    }
    if (chain.nodes.size() > 1) chains_.emplace(id, std::move(chain));
  }
}

const Fusion* Fusions::startingAt(NodeId conv) const {
  const auto it = chains_.find(conv);
  return it != chains_.end() ? &it->second : nullptr;
}

const Fusions::Packed& Fusions::packed(const Fusion& fusion, ParameterStore& parameters, ParameterStore::Form form) {
  const std::uint64_t key =
      static_cast<std::uint64_t>(fusion.nodes.front()) * 4 + (form.bfloat16 ? 1 : 0) + (form.channelsLast ? 2 : 0);
  Packed& kept = packed_[key];
  if (kept.weight.defined() && kept.version == parameters.version()) return kept;
  auto [weight, bias] =
      foldedConvolution(graph_, fusion, [&](ValueId id) { return parameters.get(id, ParameterStore::Form{}); });
  if (form.bfloat16) {
    weight = weight.to(at::kBFloat16);
    if (bias.defined()) bias = bias.to(at::kBFloat16);
  }
  if (form.channelsLast) weight = weight.contiguous(at::MemoryFormat::ChannelsLast);
  kept = {parameters.version(), weight, bias};
  return kept;
}

at::Tensor Fusions::run(const Fusion& fusion, const at::Tensor& x, ParameterStore& parameters,
                        ParameterStore::Form form) {
  if (x.dim() != 4 || x.scalar_type() != (form.bfloat16 ? at::kBFloat16 : at::kFloat)) return {};
  const Node& conv = graph_.node(fusion.nodes.front());
  const Packed& weights = packed(fusion, parameters, form);
  const auto pads = conv.intsOr("pads", {0, 0, 0, 0});
  at::Tensor y = at::conv2d(x, weights.weight, weights.bias, conv.intsOr("strides", {1, 1}), {pads[0], pads[1]},
                            conv.intsOr("dilations", {1, 1}), conv.intOr("group", 1));
  // The convolution's result is nobody else's yet, so the ReLU may overwrite it.
  return fusion.relu ? y.relu_() : y;
}

}  // namespace unitscope
