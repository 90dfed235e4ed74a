#include "graph/graph.h"

#include <utility>

#include "runtime/error.h"

namespace unitscope {
namespace {

template <class T>
const T* attributeAs(const Node& node, std::string_view key, const char* kind) {
  const auto it = node.attributes.find(key);
  if (it == node.attributes.end()) return nullptr;
  const T* value = std::get_if<T>(&it->second);
  if (value == nullptr) throw Error(node.label(), "attribute " + std::string(key) + " is not " + kind);
  return value;
}

}  // namespace

std::int64_t Node::intOr(std::string_view key, std::int64_t fallback) const {
  const auto* value = attributeAs<std::int64_t>(*this, key, "an integer");
  return value != nullptr ? *value : fallback;
}

double Node::floatOr(std::string_view key, double fallback) const {
  const auto it = attributes.find(key);
  if (it != attributes.end())
    if (const auto* integer = std::get_if<std::int64_t>(&it->second)) return static_cast<double>(*integer);
  const auto* value = attributeAs<double>(*this, key, "a number");
  return value != nullptr ? *value : fallback;
}

std::string Node::stringOr(std::string_view key, std::string fallback) const {
  const auto* value = attributeAs<std::string>(*this, key, "a string");
  return value != nullptr ? *value : std::move(fallback);
}

std::vector<std::int64_t> Node::intsOr(std::string_view key, std::vector<std::int64_t> fallback) const {
  const auto* value = attributeAs<std::vector<std::int64_t>>(*this, key, "a list of integers");
  return value != nullptr ? *value : std::move(fallback);
}

std::vector<double> Node::floatsOr(std::string_view key, std::vector<double> fallback) const {
  const auto* value = attributeAs<std::vector<double>>(*this, key, "a list of numbers");
  return value != nullptr ? *value : std::move(fallback);
}

const TensorData* Node::tensor(std::string_view key) const {
  return attributeAs<TensorData>(*this, key, "a tensor");
}

std::string Node::label() const {
  const std::string& shown = !name.empty() ? name : scope;
  return shown.empty() ? op : op + " '" + shown + "'";
}

ValueId Graph::find(std::string_view name) const {
  const auto it = byName_.find(std::string(name));
  return it != byName_.end() ? it->second : kNoValue;
}

std::vector<std::vector<NodeId>> Graph::consumers() const {
  std::vector<std::vector<NodeId>> readers(values_.size());
  for (std::size_t n = 0; n < nodes_.size(); ++n)
    for (const ValueId id : nodes_[n].inputs) {
      if (id == kNoValue) continue;
      auto& list = readers[static_cast<std::size_t>(id)];
      if (list.empty() || list.back() != static_cast<NodeId>(n)) list.push_back(static_cast<NodeId>(n));
    }
  return readers;
}

std::int64_t Graph::parameterCount() const {
  std::int64_t count = 0;
  for (const Value& value : values_)
    if (value.trainable && value.data) count += value.data->count();
  return count;
}

std::string Graph::uniqueName(std::string wanted) {
  if (wanted.empty()) wanted = "value";
  if (!byName_.contains(wanted)) return wanted;
  // Suffixes are taken from 1 on without gaps, so the first free one is found by halving; trying each in turn would
  // take forever on a file with a million equal names.
  const auto taken = [&](std::size_t i) { return byName_.contains(wanted + "_" + std::to_string(i)); };
  std::size_t free = 1;
  while (taken(free)) free *= 2;
  for (std::size_t used = free / 2; used + 1 < free;) {
    const std::size_t middle = used + (free - used) / 2;
    (taken(middle) ? used : free) = middle;
  }
  return wanted + "_" + std::to_string(free);
}

ValueId Graph::addValue(Value value) {
  value.name = uniqueName(std::move(value.name));
  if (value.data) {
    value.dtype = value.data->dtype();
    value.shape = value.data->shape();
  }
  const auto id = static_cast<ValueId>(values_.size());
  byName_.emplace(value.name, id);
  values_.push_back(std::move(value));
  return id;
}

NodeId Graph::addNode(Node node) {
  const auto id = static_cast<NodeId>(nodes_.size());
  const auto known = [&](ValueId v) {
    return v == kNoValue || (v >= 0 && static_cast<std::size_t>(v) < values_.size());
  };
  for (const ValueId v : node.inputs)
    if (!known(v)) throw Error(node.label(), "reads a value that does not exist");
  for (const ValueId v : node.outputs) {
    if (!known(v)) throw Error(node.label(), "writes a value that does not exist");
    if (v == kNoValue) continue;
    Value& output = value(v);
    if (output.producer != kNoNode || output.data)
      throw Error(node.label(), "writes '" + output.name + "', which is set already");
    output.producer = id;
  }
  nodes_.push_back(std::move(node));
  return id;
}

void Graph::renameValue(ValueId id, std::string name) {
  Value& renamed = value(id);
  if (renamed.name == name) return;
  byName_.erase(renamed.name);
  renamed.name = uniqueName(std::move(name));
  byName_.emplace(renamed.name, id);
}

void Graph::setData(ValueId id, TensorData data) {
  Value& target = value(id);
  if (target.producer != kNoNode) throw Error(target.name, "is computed by the network and cannot be replaced");
  target.dtype = data.dtype();
  target.shape = data.shape();
  target.data = std::move(data);
}

void Graph::check() const {
  const auto inRange = [&](ValueId v) { return v >= 0 && static_cast<std::size_t>(v) < values_.size(); };
  std::vector<bool> ready(values_.size(), false);
  for (std::size_t v = 0; v < values_.size(); ++v) {
    const Value& value = values_[v];
    ready[v] = value.data.has_value();
    if (value.producer != kNoNode && value.data) throw Error(value.name, "is both a constant and computed");
  }
  for (const ValueId id : inputs_) {
    if (!inRange(id)) throw Error("a graph input does not exist");
    if (value(id).producer != kNoNode) throw Error(value(id).name, "is both an input and computed");
    ready[static_cast<std::size_t>(id)] = true;
  }
  for (const Node& node : nodes_) {
    for (const ValueId id : node.inputs)
      if (id != kNoValue && (!inRange(id) || !ready[static_cast<std::size_t>(id)]))
        throw Error(node.label(), "reads a value before it is computed");
    for (const ValueId id : node.outputs) {
      if (id == kNoValue) continue;
      if (!inRange(id)) throw Error(node.label(), "writes a value that does not exist");
      ready[static_cast<std::size_t>(id)] = true;
    }
  }
  for (const ValueId id : outputs_)
    if (!inRange(id) || !ready[static_cast<std::size_t>(id)]) throw Error("a graph output is never computed");
}

}  // namespace unitscope
