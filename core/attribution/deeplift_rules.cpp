#include "attribution/deeplift_rules.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>

#include <ATen/ExpandUtils.h>

#include "exec/evaluate_node.h"
#include "exec/operator.h"

namespace unitscope {
namespace {

enum class Kind { Linear, Elementwise, Largest, Product, Quotient, Softmax, LogSoftmax, LayerNorm, Choice, Other };

Kind kindOf(const Node& node) {
  using enum Kind;
  static const std::map<std::string_view, Kind> kinds = [] {
    std::map<std::string_view, Kind> table;
    for (const char* op : {"Conv",
                           "ConvTranspose",
                           "Gemm",
                           "Einsum",
                           "Add",
                           "Sub",
                           "Sum",
                           "Mean",
                           "Neg",
                           "Identity",
                           "Dropout",
                           "Cast",
                           "CastLike",
                           "Reshape",
                           "Flatten",
                           "Transpose",
                           "Squeeze",
                           "Unsqueeze",
                           "Concat",
                           "Split",
                           "Slice",
                           "Pad",
                           "Gather",
                           "GatherND",
                           "GatherElements",
                           "Expand",
                           "Tile",
                           "Trilu",
                           "ReduceMean",
                           "ReduceSum",
                           "CumSum",
                           "AveragePool",
                           "Resize",
                           "Upsample",
                           "GlobalAveragePool",
                           "AdaptiveAvgPool",
                           "DepthToSpace",
                           "SpaceToDepth",
                           "CenterCropPad",
                           "ReverseSequence",
                           "Col2Im",
                           "BatchNormalization",
                           "RotaryEmbedding"})
      table[op] = Linear;
    for (const char* op : {"Relu",
                           "Sigmoid",
                           "Tanh",
                           "Gelu",
                           "Erf",
                           "HardSwish",
                           "HardSigmoid",
                           "LeakyRelu",
                           "Elu",
                           "Celu",
                           "Selu",
                           "Mish",
                           "Softplus",
                           "Softsign",
                           "Swish",
                           "Clip",
                           "PRelu",
                           "Shrink",
                           "ThresholdedRelu",
                           "Abs",
                           "Sqrt",
                           "Exp",
                           "Log",
                           "Reciprocal",
                           "Sin",
                           "Cos",
                           "Tan",
                           "Asin",
                           "Acos",
                           "Atan",
                           "Sinh",
                           "Cosh",
                           "Asinh",
                           "Acosh",
                           "Atanh",
                           "Pow",
                           "Max",
                           "Min",
                           "Sign",
                           "Ceil",
                           "Floor",
                           "Round"})
      table[op] = Elementwise;
    for (const char* op : {"MaxPool", "GlobalMaxPool", "AdaptiveMaxPool", "ReduceMax"}) table[op] = Largest;
    table["Mul"] = table["MatMul"] = Product;
    table["Div"] = Quotient;
    table["Softmax"] = Softmax;
    table["LogSoftmax"] = LogSoftmax;
    table["LayerNormalization"] = LayerNorm;
    table["Where"] = Choice;
    return table;
  }();
  const auto found = kinds.find(node.op);
  return found == kinds.end() ? Other : found->second;
}

std::vector<at::Tensor> evaluate(const OpCall& call) {
  return evaluateNode(call, standardOperators().find(call.node.op, call.node.domain), ReluRule::Standard, {});
}

bool changes(const OpCall& call, std::size_t i) {
  return call.has(i) && call.inputs[i].requires_grad();
}

/// The node as a function of input `i` alone, the others as they are.
Unary functionOf(const OpCall& call, std::size_t i) {
  return [&call, i](const at::Tensor& x) {
    std::vector<at::Tensor> inputs;
    for (const at::Tensor& input : call.inputs) inputs.push_back(input.defined() ? input.detach() : input);
    inputs[i] = x;
    return evaluate(OpCall{call.node, inputs, call.device}).front();
  };
}

at::Tensor layerNorm(const OpCall& call, const Compared& x) {
  const std::int64_t axis = call.node.intOr("axis", -1);
  const std::int64_t first = axis < 0 ? axis + x.now.dim() : axis;
  at::Tensor y = standardised(x, first, call.node.floatOr("epsilon", 1e-5)).now * call.in(1).to(x.now.scalar_type());
  return call.has(2) ? y + call.in(2).to(y.scalar_type()) : y;
}

}  // namespace

OpOverride DeepLiftRules::recording() {
  return [this](const OpCall& call) -> std::optional<std::vector<at::Tensor>> {
    const Kind kind = kindOf(call.node);
    if (kind != Kind::Linear && kind != Kind::Other) before_[&call.node].assign(call.inputs.begin(), call.inputs.end());
    return std::nullopt;
  };
}

OpOverride DeepLiftRules::rules() {
  return [this](const OpCall& call) { return apply(call); };
}

/// Captum's rules hook the tensors between modules: of two that share one, the first sees the gradient from before the
/// second has changed it.
bool DeepLiftRules::followsARule(const Node& node) const {
  constexpr std::array<std::string_view, 8> kHooked{"Relu", "LeakyRelu", "Elu",     "Sigmoid",
                                                    "Tanh", "Softplus",  "MaxPool", "Softmax"};
  const auto hooked = [&](const Node& n) { return std::ranges::find(kHooked, n.op) != kHooked.end(); };
  const ValueId input = node.input(0);
  if (input == kNoValue || !hooked(node)) return false;
  const NodeId producer = graph_.value(input).producer;
  return producer != kNoNode && hooked(graph_.node(producer));
}

std::optional<std::vector<at::Tensor>> DeepLiftRules::apply(const OpCall& call) {
  const auto changing = static_cast<std::size_t>(std::ranges::count_if(
      call.inputs, [](const at::Tensor& input) { return input.defined() && input.requires_grad(); }));
  if (changing == 0) return std::nullopt;
  const Kind kind = kindOf(call.node);
  const auto unknown = [&]() -> std::optional<std::vector<at::Tensor>> {
    ++withoutRule_[call.node.op];
    return std::nullopt;
  };
  if (kind == Kind::Other) return unknown();
  if (kind == Kind::Linear) {
    // Linear in each of these two, but not in both.
    const bool bilinear = call.node.op == "Conv" || call.node.op == "ConvTranspose" || call.node.op == "Gemm" ||
                          call.node.op == "Einsum" || call.node.op == "BatchNormalization";
    return bilinear && changing > 1 && changes(call, 1) ? unknown() : std::nullopt;
  }
  if (likeCaptum_ && followsARule(call.node)) return std::nullopt;
  const auto known = before_.find(&call.node);
  if (known == before_.end()) return unknown();
  const auto pair = [&](std::size_t i) { return Compared{call.in(i), known->second[i]}; };
  const auto first = static_cast<std::size_t>(
      std::ranges::find_if(call.inputs, [](const at::Tensor& t) { return t.defined() && t.requires_grad(); }) -
      call.inputs.begin());

  switch (kind) {
    case Kind::Elementwise: {
      if (changing > 1) return unknown();
      // Max(x, y) may spread x over a larger y.
      for (const at::Tensor& other : call.inputs)
        if (other.defined() &&
            call.in(first).sizes() != at::IntArrayRef(at::infer_size(call.in(first).sizes(), other.sizes())))
          return unknown();
      const Unary f = functionOf(call, first);
      const Compared y = elementwise(pair(first), f);
      return std::vector<at::Tensor>{y.now};
    }
    case Kind::Largest: {
      std::vector<at::Tensor> outputs = evaluate(call);
      // Only these have windows that may overlap.
      const bool overlapping = likeCaptum_ && call.node.op == "MaxPool";
      const SharedMaximum shared = overlapping ? SharedMaximum::Last : SharedMaximum::All;
      outputs.front() = largest(pair(0), functionOf(call, 0), shared).now;
      return outputs;
    }
    case Kind::Product: {
      if (!changes(call, 0) || !changes(call, 1)) return std::nullopt;
      const bool matrices = call.node.op == "MatMul";
      return std::vector<at::Tensor>{product(pair(0), pair(1), [&](const at::Tensor& a, const at::Tensor& b) {
                                       return matrices ? at::matmul(a, b) : a * b;
                                     }).now};
    }
    case Kind::Quotient:
      if (!changes(call, 1)) return std::nullopt;
      return std::vector<at::Tensor>{quotient(pair(0), pair(1)).now};
    case Kind::Softmax: return std::vector<at::Tensor>{softmax(pair(0), call.node.intOr("axis", -1)).now};
    case Kind::LogSoftmax: return std::vector<at::Tensor>{logSoftmax(pair(0), call.node.intOr("axis", -1)).now};
    case Kind::LayerNorm: {
      if (changes(call, 1)) return unknown();
      std::vector<at::Tensor> outputs = evaluate(call);
      outputs.front() = layerNorm(call, pair(0));
      return outputs;
    }
    case Kind::Choice:
      // Which of the two is taken must be the same in both runs.
      return at::equal(call.in(0), known->second[0]) ? std::nullopt : unknown();
    case Kind::Linear:
    case Kind::Other: break;
  }
  return std::nullopt;
}

std::vector<std::string> DeepLiftRules::withoutRule() const {
  std::vector<std::string> names;
  for (const auto& [op, count] : withoutRule_) names.push_back(op + " (" + std::to_string(count) + ")");
  std::ranges::sort(names);
  return names;
}

}  // namespace unitscope
