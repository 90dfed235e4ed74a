#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "graph/graph.h"

namespace unitscope::onnxfile {

/// One node on its way from the file's operator set to kCanonicalOpset. Rules change `node` and may emit helper
/// nodes, which take over its name and scope, before or after it.
class Upgrade {
 public:
  Upgrade(Graph& graph, Node node, int opset);

  Graph& graph;
  Node node;
  const int opset;  ///< of the file

  /// Runs every rule between the file's operator set and the canonical one, then adds the node.
  void run();

  ValueId ints(std::vector<std::int64_t> values, std::string_view what);
  ValueId integer(std::int64_t value, std::string_view what);
  /// A float scalar of the type of `like` (float32 where that is unknown).
  ValueId number(double value, ValueId like, std::string_view what);
  /// Adds a helper node with one output.
  ValueId emit(std::string_view op, std::vector<ValueId> inputs,
               std::map<std::string, Attribute, std::less<>> attributes = {});
  /// Makes the node write to a fresh value and returns it; what used to be its first output must be written by
  /// the node that `finish` adds behind it.
  ValueId redirectOutput();
  /// A node behind the main one that writes to the original first output.
  void finish(std::string_view op, std::vector<ValueId> inputs,
              std::map<std::string, Attribute, std::less<>> attributes = {});

  /// Moves an attribute into input `index`, as int64 list; nothing where it is absent.
  void intsToInput(std::string_view attribute, std::size_t index);
  void setInput(std::size_t index, ValueId value);
  void erase(std::string_view attribute);

  /// Rank and type where the file or the operators before tell them.
  std::optional<std::size_t> rankOf(ValueId value) const;
  DType typeOf(ValueId value) const;
  [[noreturn]] void fail(const std::string& reason) const;

 private:
  ValueId helperValue(std::string_view what);

  ValueId original_ = kNoValue;
  std::vector<Node> behind_;
};

using UpgradeFunction = void (*)(Upgrade&);
/// Applies to files whose operator set is older than `since`.
struct UpgradeRule {
  std::string_view op;
  int since;
  UpgradeFunction apply;
};

std::vector<UpgradeRule> shapeRules();
std::vector<UpgradeRule> arithmeticRules();
std::vector<UpgradeRule> layerRules();

}  // namespace unitscope::onnxfile
