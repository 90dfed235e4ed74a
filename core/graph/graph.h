#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "graph/tensor_data.h"

namespace unitscope {

/// Every node in a Graph follows the semantics of this ONNX operator set, whatever the file said: readers
/// translate older and newer operators on the way in, so that nothing behind them asks for a version. A few
/// operators of later sets (Attention, RMSNormalization, RotaryEmbedding, Swish) are taken over as they are.
inline constexpr int kCanonicalOpset = 21;

/// Domain of the few operators that ONNX cannot express; the writer decomposes or refuses them.
inline constexpr std::string_view kUnitscopeDomain = "unitscope";

using ValueId = std::int32_t;
using NodeId = std::int32_t;
/// An omitted optional input or output.
inline constexpr ValueId kNoValue = -1;
inline constexpr NodeId kNoNode = -1;

using Attribute = std::variant<std::int64_t, double, std::string, TensorData, std::vector<std::int64_t>,
                               std::vector<double>, std::vector<std::string>>;

/// What flows along an edge: a graph input, a parameter or constant, or the output of a node.
struct Value {
  std::string name;                ///< unique in the graph, never empty
  DType dtype = DType::Undefined;  ///< Undefined where the file does not say
  std::optional<Shape> shape;      ///< absent: unknown rank; -1: unknown dimension (batch)
  NodeId producer = kNoNode;       ///< kNoNode for inputs, parameters and constants
  std::optional<TensorData> data;  ///< set for parameters and constants
  bool trainable = false;          ///< a weight, bias or statistic that the user may edit, not a mere constant
};

struct Node {
  std::string op;                ///< ONNX operator name
  std::string domain;            ///< empty for ONNX's own
  std::string name;              ///< the exporter's name of the node; may be empty
  std::string scope;             ///< dotted path of the module that it came from, "features.12.expand3x3"; may be empty
  std::vector<ValueId> inputs;   ///< kNoValue where an optional input is left out
  std::vector<ValueId> outputs;  ///< kNoValue where an output is not wanted
  std::map<std::string, Attribute, std::less<>> attributes;

  bool has(std::string_view key) const { return attributes.find(key) != attributes.end(); }
  /// The attribute, or `fallback` when it is absent. Throws Error naming the node when it has another type
  /// (an int is accepted where a float is asked for).
  std::int64_t intOr(std::string_view key, std::int64_t fallback) const;
  double floatOr(std::string_view key, double fallback) const;
  std::string stringOr(std::string_view key, std::string fallback) const;
  std::vector<std::int64_t> intsOr(std::string_view key, std::vector<std::int64_t> fallback = {}) const;
  std::vector<double> floatsOr(std::string_view key, std::vector<double> fallback = {}) const;
  const TensorData* tensor(std::string_view key) const;
  ValueId input(std::size_t i) const { return i < inputs.size() ? inputs[i] : kNoValue; }
  /// "Conv 'features.0'", for messages.
  std::string label() const;
};

/// A network as data: nodes in an order in which every input is computed before it is used. Plain and copyable;
/// parameter bytes are shared between copies. Knows nothing of how it is evaluated.
class Graph {
 public:
  std::string name;
  std::string producer;  ///< the exporter as the file names it

  const std::vector<Value>& values() const noexcept { return values_; }
  const std::vector<Node>& nodes() const noexcept { return nodes_; }
  const std::vector<ValueId>& inputs() const noexcept { return inputs_; }
  const std::vector<ValueId>& outputs() const noexcept { return outputs_; }
  const Value& value(ValueId id) const { return values_.at(static_cast<std::size_t>(id)); }
  Value& value(ValueId id) { return values_.at(static_cast<std::size_t>(id)); }
  const Node& node(NodeId id) const { return nodes_.at(static_cast<std::size_t>(id)); }
  Node& node(NodeId id) { return nodes_.at(static_cast<std::size_t>(id)); }

  /// Id of the value with this name, or kNoValue.
  ValueId find(std::string_view name) const;
  /// Nodes that read each value, indexed by ValueId. Computed on each call.
  std::vector<std::vector<NodeId>> consumers() const;
  /// Number of elements over all trainable values.
  std::int64_t parameterCount() const;

  /// Adds a value. A name that is empty or taken is made unique by a suffix.
  ValueId addValue(Value value);
  /// Adds a node whose inputs exist already and names its outputs; throws Error for unknown ids. Outputs given
  /// as ids must have no producer yet.
  NodeId addNode(Node node);
  void addInput(ValueId id) { inputs_.push_back(id); }
  void addOutput(ValueId id) { outputs_.push_back(id); }
  void renameValue(ValueId id, std::string name);
  /// Replaces the data of a parameter or constant; throws Error if the value has a producer.
  void setData(ValueId id, TensorData data);
  void replaceOutputs(std::vector<ValueId> outputs) { outputs_ = std::move(outputs); }

  /// Throws Error unless ids are in range, names unique, each value has at most one source, and every node
  /// comes after what it reads. Readers call it last.
  void check() const;

 private:
  std::string uniqueName(std::string wanted);

  std::vector<Value> values_;
  std::vector<Node> nodes_;
  std::vector<ValueId> inputs_;
  std::vector<ValueId> outputs_;
  std::unordered_map<std::string, ValueId> byName_;
};

}  // namespace unitscope
