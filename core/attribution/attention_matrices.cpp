#include "attribution/attention_matrices.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "exec/evaluate_node.h"
#include "exec/operator.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

// A class token, a distillation token, and a few registers (Darcet et al. 2024 use four).
constexpr std::int64_t kMostTokensBefore = 16;
// The mode of ONNX's Attention in which its fourth output holds the matrix after the softmax.
constexpr std::int64_t kAfterSoftmax = 3;
constexpr std::size_t kMatrixOutput = 3;

bool passesOn(const Node& node) {
  static const std::set<std::string_view> ops{"Dropout", "Identity", "Cast", "CastLike", "Where", "Reshape", "Mul"};
  return ops.contains(node.op);
}

/// Nodes whose result multiplies values from the left, directly or behind operators that leave the matrix as it is.
std::set<const Node*> softmaxesOverKeys(const Graph& graph) {
  const auto consumers = graph.consumers();
  std::set<const Node*> found;
  for (const Node& node : graph.nodes()) {
    if (node.op != "Softmax" || !node.domain.empty()) continue;
    std::vector<ValueId> open{node.outputs.front()};
    std::set<ValueId> seen;
    while (!open.empty()) {
      const ValueId id = open.back();
      open.pop_back();
      if (id == kNoValue || !seen.insert(id).second) continue;
      for (const NodeId reader : consumers[static_cast<std::size_t>(id)]) {
        const Node& next = graph.node(reader);
        if ((next.op == "MatMul" || next.op == "Einsum") && next.input(0) == id) found.insert(&node);
        if (passesOn(next)) open.push_back(next.outputs.front());
      }
    }
  }
  return found;
}

/// Collects while the network runs.
class Collector {
 public:
  explicit Collector(const Graph& graph) : candidates_(softmaxesOverKeys(graph)) {}

  std::optional<std::vector<at::Tensor>> operator()(const OpCall& call) {
    if (!call.node.domain.empty()) return std::nullopt;
    if (call.node.op == "Conv") return convolution(call);
    if (call.node.op == "Attention") return fused(call);
    if (candidates_.contains(&call.node)) return softmax(call);
    return std::nullopt;
  }

  std::vector<at::Tensor> matrices;
  std::vector<std::pair<std::int64_t, std::int64_t>> grids;  // of the convolutions, in order
  std::string refused;                                       // why attention that is there could not be used

 private:
  static std::vector<at::Tensor> evaluate(const OpCall& call) {
    return evaluateNode(call, standardOperators().find(call.node.op, call.node.domain), ReluRule::Standard, {});
  }

  void keep(const at::Tensor& matrix) {
    const std::int64_t rank = matrix.dim();
    if (rank < 3) return;
    if (matrix.size(-1) != matrix.size(-2)) {
      refused = "it attends from one set of tokens to another";
      return;
    }
    // [heads,T,T], [1,heads,T,T]; more in front are windows.
    std::int64_t windows = 1;
    for (std::int64_t i = 0; i + 3 < rank; ++i) windows *= matrix.size(i);
    if (windows != 1) {
      refused = "it attends within " + std::to_string(windows) + " windows, which cannot be chained";
      return;
    }
    matrices.push_back(matrix);
  }

  std::optional<std::vector<at::Tensor>> convolution(const OpCall& call) {
    std::vector<at::Tensor> outputs = evaluate(call);
    if (outputs.front().dim() == 4) grids.emplace_back(outputs.front().size(2), outputs.front().size(3));
    return outputs;
  }

  std::optional<std::vector<at::Tensor>> softmax(const OpCall& call) {
    const std::int64_t axis = call.node.intOr("axis", -1);
    if (axis != -1 && axis != call.in(0).dim() - 1) return std::nullopt;
    std::vector<at::Tensor> outputs = evaluate(call);
    keep(outputs.front());
    return outputs;
  }

  std::optional<std::vector<at::Tensor>> fused(const OpCall& call) {
    const bool matrixWanted = call.node.outputs.size() > kMatrixOutput && call.node.outputs[kMatrixOutput] != kNoValue;
    if (matrixWanted && call.node.intOr("qk_matmul_output_mode", 0) != kAfterSoftmax) {
      refused = "it shows its scores in another form than the matrix";
      return std::nullopt;
    }
    Node node = call.node;
    node.attributes["qk_matmul_output_mode"] = kAfterSoftmax;
    // Only their number counts here.
    node.outputs.resize(kMatrixOutput + 1, node.outputs.front());
    std::vector<at::Tensor> outputs = evaluate(OpCall{node, call.inputs, call.device});
    keep(outputs.at(kMatrixOutput));
    return outputs;
  }

  std::set<const Node*> candidates_;
};

/// The first convolution whose places are the last of the tokens, else a square of them.
void findGrid(Attentions& found, const std::vector<std::pair<std::int64_t, std::int64_t>>& grids,
              const std::string& method) {
  const std::int64_t tokens = found.matrices.front().size(-1);
  const auto fits = [&](std::int64_t height, std::int64_t width) {
    const std::int64_t before = tokens - height * width;
    if (height * width < 2 || before < 0 || before > kMostTokensBefore) return false;
    found.height = height;
    found.width = width;
    found.before = before;
    return true;
  };
  for (const auto& [height, width] : grids)
    if (fits(height, width)) return;
  for (const std::int64_t before : {1, 0}) {
    const auto side = static_cast<std::int64_t>(std::llround(std::sqrt(static_cast<double>(tokens - before))));
    if (side * side == tokens - before && fits(side, side)) return;
  }
  throw Error(method, "cannot tell which patches the " + std::to_string(tokens) +
                          " tokens are: no convolution before the attention has that many places");
}

}  // namespace

Attentions attentionsOf(const ScoreFunction& score, bool gradients, const std::string& method) {
  score.requirePicture(method);
  const AttributionQuery& query = score.query();
  Collector collector(query.executor.graph());
  const at::AutoGradMode mode(gradients);
  RunRequest run = score.request(gradients ? score.image().detach().requires_grad_(true) : score.image());
  run.gradients = gradients;
  run.override = [&](const OpCall& call) { return collector(call); };
  const at::Tensor output = query.executor.run(run).front();

  Attentions found;
  // Fed with the output itself, this only averages its places.
  found.scores =
      score.target(gradients ? score.rowsWithGradient(output, query.output) : score.rows(output, query.output));
  found.matrices = std::move(collector.matrices);
  if (found.matrices.empty())
    throw Error(method, collector.refused.empty()
                            ? "this network has no attention: there is no softmax over tokens that multiplies values"
                            : "this network's attention is of another kind: " + collector.refused);
  for (const at::Tensor& matrix : found.matrices)
    if (matrix.size(-1) != found.matrices.front().size(-1))
      throw Error(method, "the number of tokens changes from " + std::to_string(found.matrices.front().size(-1)) +
                              " to " + std::to_string(matrix.size(-1)) +
                              " on the way, so the layers cannot be chained");
  findGrid(found, collector.grids, method);
  return found;
}

at::Tensor patchMap(const Attentions& attentions, const at::Tensor& flow) {
  const at::Tensor row = attentions.before > 0 ? flow[0] : flow.mean(0);
  return row.slice(0, attentions.before).reshape({1, 1, attentions.height, attentions.width});
}

std::string shown(const Attentions& attentions) {
  return std::to_string(attentions.matrices.size()) + " layers, " +
         std::to_string(attentions.matrices.front().size(-3)) + " heads, " +
         std::to_string(attentions.matrices.front().size(-1)) + " tokens";
}

at::Tensor rolledOut(const std::vector<at::Tensor>& layers) {
  at::Tensor flow = at::eye(layers.front().size(0), layers.front().options());
  for (const at::Tensor& layer : layers) flow = at::mm(layer, flow);
  return flow;
}

}  // namespace unitscope
