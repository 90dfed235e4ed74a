#pragma once

#include <span>
#include <string>
#include <vector>

#include "architectures/architecture.h"
#include "graph/named_tensor.h"

namespace unitscope {

/// What the names and shapes of a file's tensors tell.
struct RecognisedNetwork {
  std::string architecture;  ///< torchvision's name; empty where the tensors fit none
  Graph graph;               ///< with the tensors as its parameters
  std::vector<std::string> notes;
  /// Where the tensors fit none but nearly one: which, and what is missing or has the wrong shape, as the end of a
  /// sentence ("they resemble those of resnet18, but ..."). Empty where they resemble nothing.
  std::string obstacle;
};

/// Finds the architecture whose parameters these are, and builds it around them. The tensors may have a common prefix
/// ("module.", "model.backbone."), stand beside other things under a prefix of their own ("state_dict."), be of any
/// floating type (float32 is shared, not copied), and the first and last layer may have any number of channels and
/// classes. Counters of batch norms and heads that only training uses are left aside. Nothing else may be missing or
/// superfluous: a network with a part that is not known would compute something else.
RecognisedNetwork recogniseNetwork(std::span<const NamedTensor> tensors);

/// Builds the architecture around these tensors, whose names have no prefix. Throws Error with the parameter's name
/// as subject where it is missing, has another shape (saying which is expected and which found), or is not made of
/// floating-point numbers; and for tensors that the architecture has no place for.
Graph buildWithWeights(const Architecture& architecture, std::span<const NamedTensor> tensors);

}  // namespace unitscope
