#pragma once

#include <set>
#include <unordered_map>

#include "graph/graph.h"

namespace unitscope {

/// What relevance propagation has to know of where a node stands in the graph, for relevance that goes from `output`
/// to `input`.
class LayerRoles {
 public:
  LayerRoles(const Graph& graph, ValueId input, ValueId output);

  /// No other layer with weights lies between this one and the input (and the output).
  bool isFirst(const Node& layer) const { return first_.contains(&layer); }
  bool isLast(const Node& layer) const { return last_.contains(&layer); }
  /// The BatchNormalization directly behind a convolution or Gemm, as whose weights it is then taken; nullptr where
  /// there is none.
  const Node* mergedNorm(const Node& layer) const;
  bool isMerged(const Node& norm) const { return merged_.contains(&norm); }
  /// A softmax whose probabilities are the output itself.
  bool isFinalSoftmax(const Node& node) const { return &node == finalSoftmax_; }
  /// Whether the value says how much of something else is let through rather than being a signal itself: attention
  /// weights, the gate of a squeeze-and-excitation block or of a GELU that was taken apart.
  bool isWeighting(ValueId id) const;

 private:
  bool varies(ValueId id) const { return id != kNoValue && varies_[static_cast<std::size_t>(id)]; }
  bool isLinear(const Node& node) const;
  void findEnds(ValueId input, ValueId output);
  void findMerged(ValueId output);
  void findFinalSoftmax(ValueId output);

  const Graph& graph_;
  std::vector<bool> varies_;  // by ValueId: depends on the input
  std::set<const Node*> first_, last_, merged_;
  std::unordered_map<const Node*, const Node*> normOf_;
  const Node* finalSoftmax_ = nullptr;
};

}  // namespace unitscope
