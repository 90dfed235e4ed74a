#pragma once

#include <cstdint>
#include <functional>
#include <unordered_map>
#include <vector>

#include <ATen/ATen.h>

#include "exec/parameter_store.h"
#include "graph/graph.h"

namespace unitscope {

/// A chain Conv (+ BatchNormalization) (+ Relu) that is computed as one convolution when nobody looks inside.
struct Fusion {
  std::vector<NodeId> nodes;  ///< in order; the first is the Conv
  NodeId batchNorm = kNoNode;
  bool relu = false;
  ValueId output = kNoValue;
};

/// One convolution's weights that do the work of a chain; the bias may be undefined.
struct FoldedConvolution {
  at::Tensor weight, bias;
};
/// `parameter` gives the tensors of the graph's weights.
FoldedConvolution foldedConvolution(const Graph& graph, const Fusion& fusion,
                                    const std::function<at::Tensor(ValueId)>& parameter);

/// The fusable chains of a graph with their folded, packed weights.
class Fusions {
 public:
  explicit Fusions(const Graph& graph);

  /// The chain that begins with this node, or nullptr.
  const Fusion* startingAt(NodeId conv) const;
  /// Result of the whole chain for the Conv's input [N,C,H,W] on the CPU, without gradient. An undefined tensor
  /// when this input cannot be taken that way (the caller then evaluates node by node).
  at::Tensor run(const Fusion& fusion, const at::Tensor& x, ParameterStore& parameters, ParameterStore::Form form);

 private:
  struct Packed {
    std::uint64_t version = 0;
    at::Tensor weight, bias;
  };
  const Packed& packed(const Fusion& fusion, ParameterStore& parameters, ParameterStore::Form form);

  const Graph& graph_;
  std::unordered_map<NodeId, Fusion> chains_;
  std::unordered_map<std::uint64_t, Packed> packed_;
};

}  // namespace unitscope
