#include "attribution/relevance/step_rules.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "attribution/relevance/channel_affine.h"
#include "attribution/relevance/pull_back.h"
#include "exec/evaluate_node.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

bool isOneOf(std::string_view op, std::initializer_list<std::string_view> known) {
  return std::ranges::find(known, op) != known.end();
}

/// One number in, one out; or the same number times what is taken as constant.
bool passes(std::string_view op) {
  return isOneOf(op, {"Relu",
                      "LeakyRelu",
                      "PRelu",
                      "Elu",
                      "Selu",
                      "Celu",
                      "ThresholdedRelu",
                      "Sigmoid",
                      "Tanh",
                      "HardSigmoid",
                      "HardSwish",
                      "Mish",
                      "Softplus",
                      "Softsign",
                      "Gelu",
                      "Swish",
                      "Shrink",
                      "Clip",
                      "Erf",
                      "Abs",
                      "Neg",
                      "Sqrt",
                      "Exp",
                      "Log",
                      "Reciprocal",
                      "Pow",
                      "Identity",
                      "Dropout",
                      "LRN",
                      "LpNormalization",
                      "RMSNormalization"});
}

/// Linear in the first input, or at least of degree one: shares are values times slopes.
bool sharesByProportion(const Node& node) {
  if (node.domain == kUnitscopeDomain) return node.op == "AdaptiveAvgPool";
  return isOneOf(node.op,
                 {"AveragePool", "GlobalAveragePool", "LpPool", "GlobalLpPool", "ReduceMean", "ReduceSum", "ReduceL1",
                  "ReduceL2", "Resize", "GridSample", "RoiAlign", "CumSum", "Col2Im", "RotaryEmbedding", "DeformConv"});
}

/// What goes by the gradient where only layers with weights have a rule.
bool averagesOrCuts(const Node& node) {
  if (node.domain == kUnitscopeDomain) return node.op == "AdaptiveAvgPool";
  return isOneOf(node.op, {"Relu", "Clip", "AveragePool", "GlobalAveragePool", "ReduceMean"});
}

/// Moves numbers about or picks some of them: every output is one of the inputs.
bool movesNumbers(const Node& node) {
  if (node.domain == kUnitscopeDomain) return node.op == "AdaptiveMaxPool";
  return isOneOf(node.op, {"Concat",
                           "Flatten",
                           "Reshape",
                           "Transpose",
                           "Slice",
                           "Split",
                           "Squeeze",
                           "Unsqueeze",
                           "Expand",
                           "Tile",
                           "Pad",
                           "CenterCropPad",
                           "Gather",
                           "GatherND",
                           "GatherElements",
                           "ScatterND",
                           "ScatterElements",
                           "Scatter",
                           "Where",
                           "DepthToSpace",
                           "SpaceToDepth",
                           "Cast",
                           "CastLike",
                           "Compress",
                           "Trilu",
                           "TopK",
                           "Max",
                           "Min",
                           "MaxPool",
                           "GlobalMaxPool",
                           "ReduceMax",
                           "ReduceMin",
                           "MaxUnpool",
                           "MaxRoiPool",
                           "ReverseSequence"});
}

std::vector<std::size_t> placesThatVary(const RelevanceStep& step) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < step.varies.size(); ++i)
    if (step.varies[i]) places.push_back(i);
  return places;
}

/// The relevance of what was broadcast, summed to its own shape.
at::Tensor shapedAs(const at::Tensor& input, const at::Tensor& relevance) {
  return relevance.sizes() == input.sizes() ? relevance : relevance.sum_to_size(input.sizes());
}

/// x less its mean over what a normalization averages.
at::Tensor centre(const Node& node, const at::Tensor& x) {
  const auto behind = [&](std::int64_t axis) {
    std::vector<std::int64_t> axes;
    for (std::int64_t i = axis; i < x.dim(); ++i) axes.push_back(i);
    return x - x.mean(axes, /*keepdim=*/true);
  };
  if (node.op == "InstanceNormalization") return behind(2);
  if (node.op == "LayerNormalization") {
    const std::int64_t axis = node.intOr("axis", -1);
    return behind(std::clamp<std::int64_t>(axis < 0 ? axis + x.dim() : axis, 0, x.dim() - 1));
  }
  if (node.op == "MeanVarianceNormalization") return x - x.mean(node.intsOr("axes", {0, 2, 3}), /*keepdim=*/true);
  const std::int64_t groups = std::max<std::int64_t>(node.intOr("num_groups", 1), 1);
  const at::Tensor grouped = x.reshape({x.size(0), groups, -1});
  return (grouped - grouped.mean(2, /*keepdim=*/true)).reshape(x.sizes());
}

}  // namespace

StepRules::StepRules(Executor& executor, RelevanceRules rules, ValueId input, ValueId output)
    : executor_(executor), rules_(std::move(rules)), roles_(executor.graph(), input, output) {}

std::vector<at::Tensor> StepRules::evaluate(const RelevanceStep& step, std::vector<at::Tensor> inputs) const {
  return evaluateNode(OpCall{*step.node, inputs, executor_.options().device},
                      standardOperators().find(step.node->op, step.node->domain), ReluRule::Standard, {});
}

StepRules::Shares StepRules::through(const RelevanceStep& step, const std::vector<at::Tensor>& relevance) {
  const Node& node = *step.node;
  const bool standard = node.domain.empty();
  const at::Tensor& first = relevance.front();
  // Only what moves numbers has further outputs that carry relevance (Split, TopK).
  if (!first.defined()) return gradient(step, relevance);
  const bool onData = step.varies.front();

  if (standard && isOneOf(node.op, {"Conv", "ConvTranspose"}) && onData) {
    const LinearRule kind = roles_.isFirst(node) && rules_.first ? *rules_.first : rules_.convolution;
    return linear(step, first, roles_.isLast(node) && rules_.last ? *rules_.last : kind, 0);
  }
  if (standard && isOneOf(node.op, {"Gemm", "MatMul", "Einsum"})) return matrixProduct(step, first);
  if (standard && node.op == "BatchNormalization" && onData && node.intOr("training_mode", 0) == 0)
    return norm(step, first);
  if (standard && onData &&
      isOneOf(node.op,
              {"LayerNormalization", "InstanceNormalization", "GroupNormalization", "MeanVarianceNormalization"}))
    return centred(step, first);
  if (standard && isOneOf(node.op, {"Softmax", "LogSoftmax", "Hardmax"}))
    return roles_.isFinalSoftmax(node) ? Shares{first} : Shares(1);
  if (standard && isOneOf(node.op, {"Add", "Sub", "Sum", "Mean"})) return sum(step, first);
  if (standard && isOneOf(node.op, {"Mul", "Div"})) return product(step, first);
  if (rules_.gradientElsewhere && averagesOrCuts(node)) return gradient(step, relevance);
  if (standard && passes(node.op) && onData) {
    Shares shares(step.inputs.size());
    shares.front() = shapedAs(step.inputs.front(), first);
    return shares;
  }
  // The output is linear in the values; queries and keys only weigh them.
  if (standard && node.op == "Attention" && step.varies.size() > 2 && step.varies[2])
    return proportional(step, first, {2});
  if (sharesByProportion(node) && onData) return proportional(step, first, {0});
  if (!movesNumbers(node) && std::ranges::find(byGradient_, node.op) == byGradient_.end())
    byGradient_.push_back(node.op);
  return gradient(step, relevance);
}

StepRules::Shares StepRules::linear(const RelevanceStep& step, const at::Tensor& relevance, LinearRule rule,
                                    std::size_t data) const {
  const std::size_t other = 1 - data;
  LinearTerms terms{step.inputs[data], step.inputs[other], step.inputs.size() > 2 ? step.inputs[2] : at::Tensor()};
  if (const Node* norm = roles_.mergedNorm(*step.node)) {
    const auto parameter = [&](std::size_t i) { return executor_.parameter(norm->input(i)); };
    terms = mergedWith(affineOf(*norm, parameter(1), parameter(2), parameter(3), parameter(4)), *step.node, terms);
  }
  const LinearFunction layer = [&](const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
    std::vector<at::Tensor> inputs = step.inputs;
    inputs[data] = x;
    inputs[other] = weight;
    if (inputs.size() > 2 || bias.defined()) {
      inputs.resize(std::max<std::size_t>(inputs.size(), 3));
      inputs[2] = bias;
    }
    return evaluate(step, std::move(inputs)).front();
  };
  Shares shares(step.inputs.size());
  shares[data] = throughLinear(rule, layer, terms, relevance, rules_.epsilon);
  return shares;
}

/// A normalization of its own is a convolution of one place and one channel.
StepRules::Shares StepRules::norm(const RelevanceStep& step, const at::Tensor& relevance) const {
  Shares shares(step.inputs.size());
  shares[0] = relevance;
  if (rules_.excitation || roles_.isMerged(*step.node)) return shares;
  const at::Tensor& x = step.inputs[0];
  const ChannelAffine affine = affineOf(*step.node, step.inputs[1], step.inputs[2], step.inputs[3], step.inputs[4]);
  std::vector<std::int64_t> shape(static_cast<std::size_t>(x.dim()), 1);
  shape[1] = -1;
  const LinearFunction layer = [](const at::Tensor& in, const at::Tensor& weight, const at::Tensor& bias) {
    const at::Tensor y = in * weight;
    return bias.defined() ? y + bias : y;
  };
  shares[0] =
      throughLinear(rules_.convolution, layer,
                    {x, affine.scale.to(x.options()).reshape(shape), affine.shift.to(x.options()).reshape(shape)},
                    relevance, rules_.epsilon);
  return shares;
}

StepRules::Shares StepRules::centred(const RelevanceStep& step, const at::Tensor& relevance) const {
  Shares shares(step.inputs.size());
  if (rules_.excitation) {
    shares[0] = relevance;
    return shares;
  }
  const at::AutoGradMode gradients(true);
  const at::Tensor leaf = leafOf(step.inputs[0]);
  const at::Tensor z = centre(*step.node, leaf);
  shares[0] = step.inputs[0] * pullBack({z}, {leaf}, {dividedBy(z.detach(), relevance, kStabiliser)}).front();
  return shares;
}

StepRules::Shares StepRules::proportional(const RelevanceStep& step, const at::Tensor& relevance,
                                          const std::vector<std::size_t>& places, double epsilon) const {
  const at::AutoGradMode gradients(true);
  std::vector<at::Tensor> inputs = step.inputs;
  std::vector<at::Tensor> leaves;
  for (const std::size_t i : places)
    leaves.push_back(inputs[i] = leafOf(rules_.excitation ? inputs[i].clamp_min(0) : inputs[i]));
  const at::Tensor z = evaluate(step, std::move(inputs)).front();
  const at::Tensor seed = dividedBy(z.detach(), relevance, rules_.excitation ? 0.0 : epsilon);
  const std::vector<at::Tensor> slopes = pullBack({z}, leaves, {seed});
  Shares shares(step.inputs.size());
  for (std::size_t k = 0; k < places.size(); ++k) shares[places[k]] = leaves[k].detach() * slopes[k];
  return shares;
}

StepRules::Shares StepRules::sum(const RelevanceStep& step, const at::Tensor& relevance) const {
  std::vector<std::size_t> places = placesThatVary(step);
  // What is taken off gives nothing to an excitation, and neither do constants: they are biases.
  if (rules_.excitation && step.node->op == "Sub") std::erase(places, std::size_t{1});
  if (!rules_.excitation) return proportional(step, relevance, places);
  Shares shares(step.inputs.size());
  if (places.size() == 1) {
    shares[places.front()] = shapedAs(step.inputs[places.front()], relevance);
    return shares;
  }
  RelevanceStep varying = step;
  for (std::size_t i = 0; i < varying.inputs.size(); ++i)
    if (!varying.varies[i]) varying.inputs[i] = at::zeros_like(varying.inputs[i]);
  return proportional(varying, relevance, places);
}

StepRules::Shares StepRules::product(const RelevanceStep& step, const at::Tensor& relevance) const {
  Shares shares(step.inputs.size());
  const auto give = [&](std::size_t i, double part) {
    shares[i] = shapedAs(step.inputs[i], part == 1.0 ? relevance : relevance * part);
  };
  const std::vector<std::size_t> places = placesThatVary(step);
  if (places.size() == 1) {
    give(places.front(), 1.0);
    return shares;
  }
  const bool gate0 = roles_.isWeighting(step.node->input(0)), gate1 = roles_.isWeighting(step.node->input(1));
  if (step.node->op == "Div" || (gate1 && !gate0)) {
    give(0, 1.0);
  } else if (gate0 && !gate1) {
    give(1, 1.0);
  } else {
    give(0, 0.5);
    give(1, 0.5);
  }
  return shares;
}

StepRules::Shares StepRules::matrixProduct(const RelevanceStep& step, const at::Tensor& relevance) const {
  const Node& node = *step.node;
  std::vector<std::size_t> places = placesThatVary(step);
  if (node.op != "Einsum" && places == std::vector<std::size_t>{0}) {
    LinearRule rule = roles_.isFirst(node) && rules_.first ? *rules_.first : rules_.dense;
    if (roles_.isLast(node) && rules_.last) rule = *rules_.last;
    return linear(step, relevance, rule, 0);
  }
  if (node.op == "MatMul" && places == std::vector<std::size_t>{1}) {
    LinearRule rule = roles_.isFirst(node) && rules_.first ? *rules_.first : rules_.dense;
    if (roles_.isLast(node) && rules_.last) rule = *rules_.last;
    return linear(step, relevance, rule, 1);
  }
  if (places.size() == 2 && roles_.isWeighting(node.input(places[0])) != roles_.isWeighting(node.input(places[1])))
    places.erase(places.begin() + (roles_.isWeighting(node.input(places[0])) ? 0 : 1));
  Shares shares = proportional(step, relevance, places, rules_.epsilon);
  // Each factor alone would take the whole.
  for (const std::size_t i : places) shares[i] = shares[i] / static_cast<double>(places.size());
  return shares;
}

StepRules::Shares StepRules::gradient(const RelevanceStep& step, const std::vector<at::Tensor>& relevance) const {
  const at::AutoGradMode gradients(true);
  std::vector<at::Tensor> inputs = step.inputs;
  const std::vector<std::size_t> places = placesThatVary(step);
  std::vector<at::Tensor> leaves;
  for (const std::size_t i : places) leaves.push_back(inputs[i] = leafOf(inputs[i]));
  const std::vector<at::Tensor> results = evaluate(step, std::move(inputs));
  std::vector<at::Tensor> outputs, seeds;
  for (std::size_t i = 0; i < relevance.size() && i < results.size(); ++i) {
    if (!relevance[i].defined()) continue;
    outputs.push_back(results[i]);
    seeds.push_back(relevance[i]);
  }
  const std::vector<at::Tensor> slopes = pullBack(outputs, leaves, seeds);
  Shares shares(step.inputs.size());
  for (std::size_t k = 0; k < places.size(); ++k) shares[places[k]] = slopes[k];
  return shares;
}

}  // namespace unitscope
