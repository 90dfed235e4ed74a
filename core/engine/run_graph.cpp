#include "engine/run_graph.h"

#include <algorithm>

#include "engine/devices.h"
#include "engine/model_internal.h"
#include "exec/tensors.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

std::string quoted(const std::string& name) {
  return "input '" + name + "'";
}

/// Inputs that a run has to feed.
std::vector<ValueId> openInputs(const Graph& graph) {
  std::vector<ValueId> open;
  for (const ValueId id : graph.inputs())
    if (!graph.value(id).data) open.push_back(id);
  return open;
}

ValueId inputNamed(const Graph& graph, const std::string& name) {
  if (name.empty()) {
    const std::vector<ValueId> open = openInputs(graph);
    if (open.size() == 1) return open.front();
    if (open.empty() && graph.inputs().size() == 1) return graph.inputs().front();
    std::string names;
    for (const ValueId id : graph.inputs()) names += (names.empty() ? "" : ", ") + graph.value(id).name;
    throw Error("input", graph.inputs().empty() ? "this network has none"
                                                : "this network has several, so say which by NAME=: " + names);
  }
  const ValueId id = graph.find(name);
  if (id != kNoValue && std::ranges::count(graph.inputs(), id) > 0) return id;
  std::string names;
  for (const ValueId known : graph.inputs()) names += (names.empty() ? "" : ", ") + graph.value(known).name;
  throw Error(quoted(name), "the network has no such input; it has " + (names.empty() ? "none" : names));
}

void checkFits(const Value& value, const TensorData& data) {
  if (value.dtype != DType::Undefined && value.dtype != data.dtype())
    throw Error(quoted(value.name),
                "takes " + std::string(nameOf(value.dtype)) + ", not " + std::string(nameOf(data.dtype())));
  if (!value.shape) return;
  bool fits = value.shape->size() == data.shape().size();
  for (std::size_t i = 0; fits && i < data.shape().size(); ++i)
    fits = (*value.shape)[i] < 0 || (*value.shape)[i] == data.shape()[i];
  if (!fits)
    throw Error(quoted(value.name), "takes the shape " + toString(*value.shape) + ", not " + toString(data.shape()));
}

}  // namespace

std::vector<NamedTensor> runGraph(Model& model, const std::vector<NamedTensor>& inputs, const CancelToken& cancel) {
  prepareComputeThread(model.settings());
  const Graph& graph = model.graph();
  RunRequest request;
  for (const NamedTensor& input : inputs) {
    const ValueId id = inputNamed(graph, input.name);
    checkFits(graph.value(id), input.data);
    if (std::ranges::any_of(request.feeds, [&](const auto& feed) { return feed.first == id; }))
      throw Error(quoted(graph.value(id).name), "was given twice");
    request.feeds.emplace_back(id, toTensor(input.data));
  }
  for (const ValueId id : openInputs(graph))
    if (std::ranges::none_of(request.feeds, [&](const auto& feed) { return feed.first == id; }))
      throw Error(quoted(graph.value(id).name), "was not given");
  request.fetch = graph.outputs();
  request.cancel = cancel;
  const std::vector<at::Tensor> values = model.internal().executor.run(request);
  std::vector<NamedTensor> outputs;
  outputs.reserve(values.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    outputs.push_back({graph.value(graph.outputs()[i]).name, toTensorData(values[i])});
  return outputs;
}

}  // namespace unitscope
