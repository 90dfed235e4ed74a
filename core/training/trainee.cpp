#include "training/trainee.h"

#include <algorithm>

#include "exec/tensors.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

/// Weights of convolutions lie channels-last, so that the maps they make do too: faster on every device we train on.
at::Tensor asLeaf(const at::Tensor& weight, at::Device device, bool trained) {
  at::Tensor leaf = weight.to(device).clone();
  if (leaf.dim() == 4) leaf = leaf.contiguous(at::MemoryFormat::ChannelsLast);
  return leaf.detach().requires_grad_(trained);
}

ExecutorOptions trainingOptions(at::Device device) {
  ExecutorOptions options;
  options.device = device;
  // Tensors stay as they were laid out: the store must not keep converted copies of weights that change in place.
  options.layout = MemoryLayout::Contiguous;
  options.optimise = false;
  return options;
}

}  // namespace

Trainee::Trainee(Network network, at::Device device)
    : graph_(std::make_shared<const Graph>(std::move(network.graph))), executor_(graph_, trainingOptions(device)) {
  for (std::size_t i = 0; i < graph_->values().size(); ++i) {
    const auto id = static_cast<ValueId>(i);
    const Value& value = graph_->value(id);
    const bool isInput = std::ranges::find(graph_->inputs(), id) != graph_->inputs().end();
    if (!value.data || !value.trainable || isInput) continue;
    const auto found = network.rates.find(value.name);
    const double rate = found == network.rates.end() ? 1.0 : found->second;
    const at::Tensor leaf = asLeaf(toTensor(*value.data), device, rate != 0.0);
    executor_.setParameter(id, leaf);
    if (rate == 0.0) {
      buffers_.emplace(value.name, leaf);
      continue;
    }
    names_.push_back(value.name);
    parameters_.push_back(leaf);
    rates_.push_back(rate);
  }
  for (const Node& node : graph_->nodes()) {
    if (node.op != "BatchNormalization" || node.outputs.size() < 3) continue;
    for (const std::size_t k : {std::size_t{1}, std::size_t{2}}) {
      const auto running = buffers_.find(graph_->value(node.input(2 + k)).name);
      if (running != buffers_.end()) statistics_.push_back({node.outputs[k], running->second});
    }
  }
}

std::vector<at::Tensor> Trainee::run(const Feeds& feeds, const std::vector<std::string>& fetch) {
  RunRequest request;
  request.gradients = true;
  const auto idOf = [&](const std::string& name) {
    const ValueId id = graph_->find(name);
    if (id == kNoValue) throw Error(name, "the network has no such value");
    return id;
  };
  for (const auto& [name, tensor] : feeds) request.feeds.emplace_back(idOf(name), tensor);
  for (const std::string& name : fetch) request.fetch.push_back(idOf(name));
  for (const Statistic& statistic : statistics_) request.fetch.push_back(statistic.updated);
  std::vector<at::Tensor> results = executor_.run(request);
  const at::NoGradGuard still;
  for (std::size_t i = 0; i < statistics_.size(); ++i) statistics_[i].running.copy_(results[fetch.size() + i]);
  results.resize(fetch.size());
  return results;
}

NamedTensors Trainee::state() const {
  NamedTensors state = buffers_;
  for (std::size_t i = 0; i < names_.size(); ++i) state.emplace(names_[i], parameters_[i]);
  return state;
}

void Trainee::load(const NamedTensors& state) {
  const at::NoGradGuard still;
  for (auto& [name, mine] : this->state()) {
    const auto found = state.find(name);
    if (found == state.end()) throw Error(name, "is missing from the weights to load");
    if (found->second.sizes() != mine.sizes()) throw Error(name, "has another shape in the weights to load");
    mine.copy_(found->second);
  }
}

Graph withState(Graph graph, const NamedTensors& state) {
  for (const auto& [name, tensor] : state) {
    const ValueId id = graph.find(name);
    if (id != kNoValue && graph.value(id).data) graph.setData(id, toTensorData(tensor.detach()));
  }
  return graph;
}

}  // namespace unitscope
