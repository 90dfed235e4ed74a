#pragma once

#include <functional>
#include <optional>
#include <vector>

#include <ATen/ATen.h>

#include "exec/fusion.h"
#include "exec/operator.h"
#include "exec/windowed/region.h"
#include "graph/graph.h"

namespace unitscope {

/// How far a change of an input reaches in a node's output.
enum class Locality {
  None,     ///< anywhere
  Places,   ///< to the same places (element-wise, or across channels)
  Sliding,  ///< as far as a window slides over it (convolution, pooling, padding)
  Mean,     ///< to the average over all places: what one window adds can be taken off and put back
};

/// The locality that the operator and its attributes allow for maps [N,C,H,W]. What depends on sizes and on constant
/// inputs is left to prepareStep().
Locality localityOf(const Node& node);

/// One input of a step. Where `gathered`, windows are cut from `base` and from what changed of `value`; otherwise
/// `base` is passed on as it is (a weight, a bound; undefined where the input is left out).
struct StepInput {
  ValueId value = kNoValue;
  at::Tensor base;
  bool gathered = false;
};

/// A node, or a chain fused into one convolution, as it is computed on windows.
struct LocalStep {
  Locality locality = Locality::None;
  Node node;                             ///< without padding, which is part of what is gathered
  const OpFunction* function = nullptr;  ///< null where gathering is all there is to do (Pad)
  std::vector<StepInput> inputs;
  Reach down, across;
  double fill = 0.0;      ///< what lies beyond the map
  at::Tensor correction;  ///< [1,1,H,W] factors for an average that counts fewer places at the rim; may be undefined
  bool relu = false;      ///< a fused one
  ValueId output = kNoValue;
};

/// What a step is prepared from.
struct StepSource {
  const Graph& graph;
  /// A value for the base picture, a weight or a constant.
  std::function<at::Tensor(ValueId)> base;
  /// Whether a value depends on the picture.
  std::function<bool(ValueId)> changes;
  at::Device device;
};

/// A node (`fusion` null) or a fused chain, ready for windows. Nothing where it is not local after all for values of
/// these sizes and types: windows are computed for float32 maps [1,C,H,W].
std::optional<LocalStep> prepareStep(const StepSource& source, const Node& node, const Fusion* fusion);

}  // namespace unitscope
