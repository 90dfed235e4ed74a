#include "features/wake_relu.h"

#include <limits>
#include <optional>
#include <vector>

#include <torch/csrc/autograd/custom_function.h>

namespace unitscope {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr double kUnbounded = std::numeric_limits<double>::infinity();
constexpr int kDeepest = 8;
/// Of the values below 0: with all of them a filter that is 0 on average would have nothing to lower.
constexpr double kOpenShare = 0.5;

/// The gradient belongs to something that is to be made smaller, as everywhere in feature visualization here.
struct WakingRelu : torch::autograd::Function<WakingRelu> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, double most) {
    context->save_for_backward({x});
    context->saved_data["most"] = most;
    return most < kUnbounded ? x.clamp(0.0, most) : at::relu(x);
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const at::Tensor x = context->get_saved_variables()[0];
    const double most = context->saved_data["most"].toDouble();
    const at::Tensor& gradient = gradients[0];
    const at::Tensor on = most < kUnbounded ? (x > 0).logical_and(x < most) : x > 0;
    const at::Tensor passed = at::where(on, gradient, at::zeros({}, gradient.options()));
    if (x.dim() < 2) return {passed, at::Tensor()};
    const at::Tensor dead = (passed == 0).flatten(1).all(1);
    if (!dead.any().item<bool>()) return {passed, at::Tensor()};
    std::vector<std::int64_t> perPicture(static_cast<std::size_t>(x.dim()), 1);
    perPicture[0] = x.size(0);
    return {at::where(dead.reshape(perPicture), gradient.clamp_max(0), passed), at::Tensor()};
  }
};

/// The upper end of a ReLU-like node: infinite for Relu, none for what is no ReLU.
std::optional<double> reluTop(const OpCall& call) {
  if (!call.node.domain.empty() || !call.has(0) || !call.inputs[0].is_floating_point()) return std::nullopt;
  if (call.node.op == "Relu") return kUnbounded;
  if (call.node.op != "Clip" || !call.has(1) || call.inputs[1].numel() != 1 || call.number(1) != 0.0)
    return std::nullopt;
  return call.has(2) && call.inputs[2].numel() == 1 ? call.number(2) : kUnbounded;
}

void collect(const Graph& graph, ValueId value, int depth, std::set<const Node*>& found) {
  if (value == kNoValue || depth > kDeepest) return;
  const NodeId producer = graph.value(value).producer;
  if (producer == kNoNode) return;
  const Node& node = graph.node(producer);
  if (!node.domain.empty()) return;
  if (node.op == "Relu" || node.op == "Clip") found.insert(&node);
  if (node.op == "Concat" || node.op == "Identity" || node.op == "Dropout")
    for (const ValueId id : node.inputs) collect(graph, id, depth + 1, found);
}

}  // namespace

OpOverride treatedRelu(const ReluTreatment& treatment) {
  if (!treatment.wake && treatment.open.empty()) return {};
  return [treatment](const OpCall& call) -> std::optional<std::vector<at::Tensor>> {
    const std::optional<double> most = reluTop(call);
    if (!most) return std::nullopt;
    const at::Tensor& x = call.inputs[0];
    if (treatment.open.contains(&call.node))
      return std::vector<at::Tensor>{x.clamp_min(0) + x.clamp_max(0) * kOpenShare};
    if (!treatment.wake || !x.requires_grad()) return std::nullopt;
    return std::vector<at::Tensor>{WakingRelu::apply(x, *most)};
  };
}

std::set<const Node*> lastRelus(const Graph& graph, ValueId value) {
  std::set<const Node*> found;
  collect(graph, value, 0, found);
  return found;
}

}  // namespace unitscope
