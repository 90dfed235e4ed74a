#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "graph/graph.h"

namespace unitscope {

/// A unit of a value on the way to the next weights.
struct UnitSpot {
  ValueId value = kNoValue;
  std::int64_t unit = 0;
  double scale = 1.0;          ///< what batch normalisation and constant factors on the way do to it
  std::int64_t flattened = 0;  ///< units before their places were laid in a row; 0 where they were not
  int sums = 0;                ///< residual sums passed
  int depth = 0;               ///< of the walk
};

/// Weights that the walk came to.
struct UnitWeights {
  NodeId node = kNoNode;
  UnitSpot spot;  ///< the node's own output unit (upstream), or the unit that it reads (downstream)
};

/// Follows a unit through what keeps units apart: activation functions, normalisation, pooling, dropout, concatenation,
/// flattening, gates by a sigmoid, one residual sum.
class UnitWalk {
 public:
  explicit UnitWalk(const Graph& graph) : graph_(graph), consumers_(graph.consumers()) { countChannels(); }

  /// The nodes with weights whose output the unit is, or is made of.
  std::vector<UnitWeights> upstream(ValueId value, std::int64_t unit);
  /// The nodes with weights that read the unit.
  std::vector<UnitWeights> downstream(ValueId value, std::int64_t unit);
  /// Where the walks ended otherwise, in words.
  const std::vector<std::string>& notes() const { return notes_; }

  /// Channels of a value, as far as the graph tells; 0 where it does not.
  std::int64_t channelsOf(ValueId value) const;
  /// The value behind those that only change its places (pooling, dropout, flattening).
  ValueId beforePlaces(ValueId value) const;
  /// The value after the normalisation and activation function that alone read it.
  ValueId afterActivation(ValueId value) const;

  /// What the batch normalisation that alone reads a value does to each of its units; 1 where there is none.
  double normalisationAfter(ValueId value, std::int64_t unit) const;

  static bool hasWeights(const Graph& graph, const Node& node);

 private:
  enum class Pass { No, Same, Places, Flat };
  Pass passes(const Node& node) const;
  bool isConstant(ValueId id) const { return id != kNoValue && graph_.value(id).data.has_value(); }
  double factorOf(const Node& node, std::int64_t unit) const;
  double constantAt(ValueId id, std::int64_t unit) const;
  bool isGate(ValueId id) const;
  void countChannels();
  std::int64_t channelsFrom(const Node& node) const;
  void up(UnitSpot spot, std::vector<UnitWeights>& found);
  void upThrough(const Node& node, const UnitSpot& spot, std::vector<UnitWeights>& found);
  void down(UnitSpot spot, std::vector<UnitWeights>& found);
  void downThrough(NodeId id, const UnitSpot& spot, std::vector<UnitWeights>& found);
  void note(std::string text);

  const Graph& graph_;
  std::vector<std::vector<NodeId>> consumers_;
  std::vector<std::int64_t> channels_;  // by ValueId; 0 where unknown
  std::set<std::pair<ValueId, std::int64_t>> visited_;
  std::vector<std::string> notes_;
};

}  // namespace unitscope
