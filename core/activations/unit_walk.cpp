#include "activations/unit_walk.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "activations/weight_reader.h"

namespace unitscope {
namespace {

// A graph deeper than this is no network that anybody walks through by hand.
constexpr int kDeepest = 4096;

constexpr std::array<std::string_view, 23> kUnitByUnit = {"Relu",
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
                                                          "Swish",
                                                          "Gelu",
                                                          "Mish",
                                                          "Softplus",
                                                          "Softsign",
                                                          "Clip",
                                                          "Dropout",
                                                          "Identity",
                                                          "Cast",
                                                          "LRN",
                                                          "InstanceNormalization",
                                                          "BatchNormalization"};
constexpr std::array<std::string_view, 10> kPlaces = {
    "MaxPool",      "AveragePool", "LpPool",   "GlobalMaxPool", "GlobalAveragePool",
    "GlobalLpPool", "Resize",      "Upsample", "Pad",           "ReduceMean"};

template <std::size_t N>
bool among(const std::array<std::string_view, N>& names, const std::string& op) {
  return std::ranges::find(names, op) != names.end();
}

}  // namespace

bool UnitWalk::hasWeights(const Graph& graph, const Node& node) {
  const auto stored = [&](std::size_t i) {
    return node.input(i) != kNoValue && graph.value(node.input(i)).data.has_value();
  };
  if (node.op == "Conv" || node.op == "ConvTranspose")
    return stored(1) && graph.value(node.input(1)).data->shape().size() >= 3;
  return (node.op == "Gemm" || node.op == "MatMul") && stored(1) &&
         graph.value(node.input(1)).data->shape().size() == 2 && node.intOr("transA", 0) == 0;
}

UnitWalk::Pass UnitWalk::passes(const Node& node) const {
  if (!node.domain.empty()) return Pass::No;
  if (among(kUnitByUnit, node.op)) return Pass::Same;
  if (node.op == "ReduceMean") {
    std::vector<std::int64_t> axes = node.intsOr("axes");
    if (isConstant(node.input(1))) axes = graph_.value(node.input(1)).data->toInts();
    const bool spatial = !axes.empty() && std::ranges::all_of(axes, [](std::int64_t a) {
      return a == 2 || a == 3 || a == -1 || a == -2;
    });
    return spatial ? Pass::Places : Pass::No;
  }
  if (among(kPlaces, node.op)) return Pass::Places;
  if (node.op == "Flatten") return node.intOr("axis", 1) == 1 ? Pass::Flat : Pass::No;
  if (node.op == "Squeeze") return Pass::Flat;
  if (node.op == "Reshape" && isConstant(node.input(1)) && graph_.value(node.input(1)).data->count() == 2)
    return Pass::Flat;
  return Pass::No;
}

double UnitWalk::constantAt(ValueId id, std::int64_t unit) const {
  const WeightReader values(*graph_.value(id).data);
  if (values.count() == 1) return values.at(0);
  return unit < values.count() ? values.at(unit) : 1.0;
}

double UnitWalk::factorOf(const Node& node, std::int64_t unit) const {
  if (node.op != "BatchNormalization" || !isConstant(node.input(1)) || !isConstant(node.input(4))) return 1.0;
  const double variance = constantAt(node.input(4), unit);
  return constantAt(node.input(1), unit) / std::sqrt(std::max(variance + node.floatOr("epsilon", 1e-5), 1e-30));
}

bool UnitWalk::isGate(ValueId id) const {
  const NodeId producer = id == kNoValue ? kNoNode : graph_.value(id).producer;
  if (producer == kNoNode) return false;
  const std::string& op = graph_.node(producer).op;
  return op == "Sigmoid" || op == "HardSigmoid";
}

void UnitWalk::note(std::string text) {
  if (std::ranges::find(notes_, text) == notes_.end()) notes_.push_back(std::move(text));
}

std::int64_t UnitWalk::channelsOf(ValueId value) const {
  return value == kNoValue ? 0 : channels_[static_cast<std::size_t>(value)];
}

/// In the order of evaluation, so that every value is looked at once however the graph is knotted.
void UnitWalk::countChannels() {
  channels_.assign(graph_.values().size(), 0);
  const auto declared = [&](ValueId id) -> std::int64_t {
    const auto& shape = graph_.value(id).shape;
    const bool known = shape && (shape->size() == 4 || shape->size() == 2) && (*shape)[1] > 0;
    return known && !isConstant(id) ? (*shape)[1] : 0;
  };
  for (std::size_t v = 0; v < channels_.size(); ++v) channels_[v] = declared(static_cast<ValueId>(v));
  for (const Node& node : graph_.nodes()) {
    if (node.outputs.empty() || node.outputs.front() == kNoValue) continue;
    std::int64_t& own = channels_[static_cast<std::size_t>(node.outputs.front())];
    if (own == 0) own = channelsFrom(node);
  }
}

std::int64_t UnitWalk::channelsFrom(const Node& node) const {
  if (hasWeights(graph_, node)) {
    const Shape& shape = graph_.value(node.input(1)).data->shape();
    if (node.op == "Conv") return shape[0];
    if (node.op == "ConvTranspose") return shape[1] * std::max<std::int64_t>(node.intOr("group", 1), 1);
    return node.op == "Gemm" && node.intOr("transB", 0) != 0 ? shape[0] : shape[1];
  }
  if (node.op == "Concat") {
    if (node.intOr("axis", 1) != 1) return 0;
    // What more than this says is no layer; and sums of sums must not overflow.
    constexpr std::int64_t kMost = std::int64_t{1} << 32;
    std::int64_t sum = 0;
    for (const ValueId in : node.inputs) {
      const std::int64_t part = channelsOf(in);
      if (part == 0 || sum > kMost) return 0;
      sum += part;
    }
    return sum;
  }
  if (node.op == "Add" || node.op == "Sub" || node.op == "Mul" || node.op == "Div") {
    for (const ValueId in : node.inputs)
      if (in != kNoValue && !isConstant(in) && channelsOf(in) > 0) return channelsOf(in);
    return 0;
  }
  const Pass pass = passes(node);
  return pass == Pass::Same || pass == Pass::Places ? channelsOf(node.input(0)) : 0;
}

ValueId UnitWalk::beforePlaces(ValueId value) const {
  for (int i = 0; i < kDeepest && graph_.value(value).producer != kNoNode; ++i) {
    const Node& node = graph_.node(graph_.value(value).producer);
    const Pass pass = passes(node);
    const bool passive = node.op == "Dropout" || node.op == "Identity" || node.op == "Cast";
    if (pass != Pass::Places && pass != Pass::Flat && !passive) break;
    value = node.input(0);
  }
  return value;
}

ValueId UnitWalk::afterActivation(ValueId value) const {
  for (int i = 0; i < kDeepest; ++i) {
    const std::vector<NodeId>& readers = consumers_[static_cast<std::size_t>(value)];
    if (readers.size() != 1) break;
    const Node& node = graph_.node(readers.front());
    if (passes(node) != Pass::Same || node.input(0) != value || node.op == "Dropout" || node.outputs.empty()) break;
    value = node.outputs.front();
  }
  return value;
}

double UnitWalk::normalisationAfter(ValueId value, std::int64_t unit) const {
  const std::vector<NodeId>& readers = consumers_[static_cast<std::size_t>(value)];
  return readers.size() == 1 ? factorOf(graph_.node(readers.front()), unit) : 1.0;
}

std::vector<UnitWeights> UnitWalk::upstream(ValueId value, std::int64_t unit) {
  visited_.clear();
  std::vector<UnitWeights> found;
  up({value, unit}, found);
  return found;
}

std::vector<UnitWeights> UnitWalk::downstream(ValueId value, std::int64_t unit) {
  visited_.clear();
  std::vector<UnitWeights> found;
  down({value, unit}, found);
  return found;
}

void UnitWalk::up(UnitSpot spot, std::vector<UnitWeights>& found) {
  if (spot.depth > kDeepest) return note("the walk back was given up: there are no weights for very long");
  // A loop where a chain needs no branching: recursion is for joins, sums and gates alone.
  while (visited_.emplace(spot.value, spot.unit).second) {
    const NodeId producer = graph_.value(spot.value).producer;
    if (producer == kNoNode) {
      note("the walk back ends at the input '" + graph_.value(spot.value).name + "'");
      return;
    }
    const Node& node = graph_.node(producer);
    if (hasWeights(graph_, node)) {
      found.push_back({producer, spot});
      return;
    }
    const Pass pass = passes(node);
    if (pass == Pass::No || pass == Pass::Flat) {
      upThrough(node, spot, found);
      return;
    }
    spot.scale *= factorOf(node, spot.unit);
    spot.value = node.input(0);
  }
}

void UnitWalk::upThrough(const Node& node, const UnitSpot& spot, std::vector<UnitWeights>& found) {
  const auto from = [&](ValueId value, std::int64_t unit, double scale, int sums) {
    up({value, unit, scale, 0, sums, spot.depth + 1}, found);
  };
  if (passes(node) == Pass::Flat) {
    const std::int64_t before = channelsOf(node.input(0));
    const std::int64_t after = graph_.value(spot.value).shape && graph_.value(spot.value).shape->size() == 2
                                   ? (*graph_.value(spot.value).shape)[1]
                                   : 0;
    if (before > 0 && after >= before) return from(node.input(0), spot.unit / (after / before), spot.scale, spot.sums);
    if (before > 0 && spot.unit < before) {
      // Nothing says how many places there are; after global pooling, the usual case, there is one.
      return from(node.input(0), spot.unit, spot.scale, spot.sums);
    }
  }
  if (node.op == "Concat" && node.intOr("axis", 1) == 1) {
    std::int64_t first = 0;
    for (const ValueId in : node.inputs) {
      const std::int64_t own = channelsOf(in);
      if (own == 0) break;
      if (spot.unit < first + own) return from(in, spot.unit - first, spot.scale, spot.sums);
      first += own;
    }
  }
  if (node.inputs.size() == 2 && (node.op == "Add" || node.op == "Sub" || node.op == "Mul" || node.op == "Div")) {
    const ValueId a = node.input(0), b = node.input(1);
    const bool product = node.op == "Mul" || node.op == "Div";
    for (const auto& [one, other] : {std::pair{a, b}, std::pair{b, a}}) {
      if (isConstant(other)) {
        const double factor = product ? constantAt(other, spot.unit) : 1.0;
        return from(one, spot.unit, spot.scale * (node.op == "Div" ? 1.0 / factor : factor), spot.sums);
      }
      if (product && isGate(other)) {
        note("a gate, " + node.label() + ", lies on the way: the weights act times its value");
        return from(one, spot.unit, spot.scale, spot.sums);
      }
    }
    if (node.op == "Add") {
      if (spot.sums > 0) {
        note("the unit goes on unchanged through the residual sum " + node.label() + ", which was not passed");
        return;
      }
      from(a, spot.unit, spot.scale, spot.sums + 1);
      from(b, spot.unit, spot.scale, spot.sums + 1);
      return;
    }
  }
  note("the walk back ends at " + node.label() + ", behind which units are not what they were");
}

void UnitWalk::down(UnitSpot spot, std::vector<UnitWeights>& found) {
  if (!visited_.emplace(spot.value, spot.unit).second) return;
  if (++spot.depth > kDeepest) return note("the walk on was given up: there are no weights for very long");
  const std::vector<NodeId>& readers = consumers_[static_cast<std::size_t>(spot.value)];
  if (readers.empty()) note("'" + graph_.value(spot.value).name + "' is the network's output");
  NodeId last = kNoNode;
  for (const NodeId id : readers) {
    if (id != last) downThrough(id, spot, found);  // one that reads it twice is listed twice
    last = id;
  }
}

void UnitWalk::downThrough(NodeId id, const UnitSpot& spot, std::vector<UnitWeights>& found) {
  const Node& node = graph_.node(id);
  if (node.outputs.empty() || node.outputs.front() == kNoValue) return;
  UnitSpot next = spot;
  next.value = node.outputs.front();
  if (hasWeights(graph_, node)) {
    if (node.input(0) == spot.value) found.push_back({id, spot});
    return;
  }
  const Pass pass = passes(node);
  if (pass != Pass::No) {
    if (node.input(0) != spot.value) return;
    if (pass == Pass::Flat) {
      if (next.flattened == 0) next.flattened = channelsOf(spot.value);
      if (next.flattened == 0)
        return note("the walk on ends at " + node.label() + ": how many units it reads is not known");
    }
    next.scale *= factorOf(node, spot.unit);
    return down(next, found);
  }
  if (node.op == "Concat" && node.intOr("axis", 1) == 1 && spot.flattened == 0) {
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      if (node.inputs[i] != spot.value) {
        const std::int64_t own = channelsOf(node.inputs[i]);
        if (own == 0) return note("the walk on ends at " + node.label() + ": how many units it joins is not known");
        next.unit += own;
        continue;
      }
      return down(next, found);
    }
  }
  if (node.inputs.size() == 2 && (node.op == "Add" || node.op == "Sub" || node.op == "Mul" || node.op == "Div")) {
    const ValueId other = node.input(0) == spot.value ? node.input(1) : node.input(0);
    const bool product = node.op == "Mul" || node.op == "Div";
    if (isConstant(other)) {
      if (product) {
        const double factor = constantAt(other, spot.unit);
        next.scale *= node.op == "Div" ? 1.0 / factor : factor;
      }
      return down(next, found);
    }
    if (product && (isGate(other) || isGate(spot.value))) {
      note("a gate, " + node.label() + ", lies on the way: the weights act times its value");
      return down(next, found);
    }
    if (node.op == "Add") {
      if (spot.sums > 0)
        return note("the unit goes on unchanged through the residual sum " + node.label() + ", which was not passed");
      ++next.sums;
      return down(next, found);
    }
  }
  note("the walk on ends at " + node.label() + ", behind which units are not what they were");
}

}  // namespace unitscope
