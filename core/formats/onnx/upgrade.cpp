#include "formats/onnx/upgrade.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>
#include <utility>

#include "formats/onnx/value_facts.h"
#include "runtime/error.h"

namespace unitscope::onnxfile {
namespace {

using RuleTable = std::map<std::string_view, std::vector<UpgradeRule>, std::less<>>;

const RuleTable& rules() {
  static const RuleTable table = [] {
    RuleTable made;
    for (auto family : {shapeRules(), arithmeticRules(), layerRules()})
      for (const UpgradeRule& rule : family) made[rule.op].push_back(rule);
    for (auto& [op, list] : made) std::ranges::stable_sort(list, {}, &UpgradeRule::since);
    return made;
  }();
  return table;
}

const UpgradeRule* nextRule(std::string_view op, int version) {
  const auto found = rules().find(op);
  if (found == rules().end()) return nullptr;
  for (const UpgradeRule& rule : found->second)
    if (rule.since > version) return &rule;
  return nullptr;
}

std::uint16_t halfBits(double value) {
  // Only clip bounds, pad values and ratios pass here; they are rounded towards zero and saturate.
  const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(value));
  const auto sign = static_cast<std::uint16_t>((bits >> 16U) & 0x8000U);
  const int exponent = static_cast<int>((bits >> 23U) & 0xFFU) - 112;
  if (exponent >= 31) return static_cast<std::uint16_t>(sign | 0x7BFFU);
  if (exponent <= 0) return sign;
  return static_cast<std::uint16_t>(sign | (static_cast<unsigned>(exponent) << 10U) | ((bits >> 13U) & 0x3FFU));
}

template <class T>
TensorData scalarOf(DType type, T value) {
  std::vector<std::byte> bytes(sizeof value);
  std::memcpy(bytes.data(), &value, sizeof value);
  return TensorData::fromBytes(type, {}, std::move(bytes));
}

}  // namespace

Upgrade::Upgrade(Graph& target, Node source, int version) : graph(target), node(std::move(source)), opset(version) {}

void Upgrade::run() {
  // A rule may rename the node (Upsample to Resize), so the table is asked again each time.
  for (int version = opset; const UpgradeRule* rule = nextRule(node.op, version);) {
    rule->apply(*this);
    version = rule->since;
  }
  graph.addNode(std::move(node));
  for (Node& later : behind_) graph.addNode(std::move(later));
}

ValueId Upgrade::helperValue(std::string_view what) {
  return graph.addValue({(node.name.empty() ? node.op : node.name) + "/" + std::string(what)});
}

ValueId Upgrade::ints(std::vector<std::int64_t> values, std::string_view what) {
  const ValueId id = helperValue(what);
  const auto size = static_cast<std::int64_t>(values.size());
  graph.setData(id, TensorData::fromInts({size}, std::move(values)));
  return id;
}

ValueId Upgrade::integer(std::int64_t value, std::string_view what) {
  const ValueId id = helperValue(what);
  graph.setData(id, TensorData::scalar(value));
  return id;
}

ValueId Upgrade::number(double value, ValueId like, std::string_view what) {
  const ValueId id = helperValue(what);
  switch (typeOf(like)) {
    case DType::Float64: graph.setData(id, scalarOf(DType::Float64, value)); break;
    case DType::Float16: graph.setData(id, scalarOf(DType::Float16, halfBits(value))); break;
    case DType::BFloat16:
      graph.setData(id, scalarOf(DType::BFloat16, static_cast<std::uint16_t>(
                                                      std::bit_cast<std::uint32_t>(static_cast<float>(value)) >> 16U)));
      break;
    default: graph.setData(id, TensorData::scalar(static_cast<float>(value)));
  }
  return id;
}

ValueId Upgrade::emit(std::string_view op, std::vector<ValueId> inputs,
                      std::map<std::string, Attribute, std::less<>> attributes) {
  Node helper;
  helper.op = op;
  helper.name = node.name.empty() ? std::string() : node.name + "/" + std::string(op);
  helper.scope = node.scope;
  helper.inputs = std::move(inputs);
  helper.attributes = std::move(attributes);
  const ValueId out = helperValue(op);
  helper.outputs = {out};
  graph.addNode(std::move(helper));
  return out;
}

ValueId Upgrade::redirectOutput() {
  if (node.outputs.empty() || node.outputs[0] == kNoValue) fail("has no output");
  original_ = node.outputs[0];
  node.outputs[0] = helperValue(node.op);
  return node.outputs[0];
}

void Upgrade::finish(std::string_view op, std::vector<ValueId> inputs,
                     std::map<std::string, Attribute, std::less<>> attributes) {
  Node last;
  last.op = op;
  last.name = node.name.empty() ? std::string() : node.name + "/" + std::string(op);
  last.scope = node.scope;
  last.inputs = std::move(inputs);
  last.outputs = {std::exchange(original_, kNoValue)};
  last.attributes = std::move(attributes);
  behind_.push_back(std::move(last));
}

void Upgrade::intsToInput(std::string_view attribute, std::size_t index) {
  if (!node.has(attribute)) return;
  setInput(index, ints(node.intsOr(attribute), attribute));
  erase(attribute);
}

void Upgrade::setInput(std::size_t index, ValueId value) {
  if (node.inputs.size() <= index) node.inputs.resize(index + 1, kNoValue);
  node.inputs[index] = value;
}

void Upgrade::erase(std::string_view attribute) {
  if (const auto found = node.attributes.find(attribute); found != node.attributes.end()) node.attributes.erase(found);
}

std::optional<std::size_t> Upgrade::rankOf(ValueId value) const {
  return knownRank(graph, value);
}

DType Upgrade::typeOf(ValueId value) const {
  return knownType(graph, value);
}

void Upgrade::fail(const std::string& reason) const {
  throw Error(node.label(), reason);
}

}  // namespace unitscope::onnxfile
