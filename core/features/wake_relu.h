#pragma once

#include <set>

#include "exec/executor.h"

namespace unitscope {

/// How ReLUs (Relu, and Clip from 0) behave while a picture is made.
struct ReluTreatment {
  /// Where a picture's whole gradient would end at a ReLU, the part of it that would switch something on goes through,
  /// so that units which the noise leaves dead find a way. The idea is Lucid's.
  bool wake = false;
  /// Nodes that let through half of what is below 0: the last ReLUs before the layer, where as little as possible is
  /// wanted and 0 is not the end.
  std::set<const Node*> open;
};

/// An override for RunRequest; empty where nothing is to be treated.
OpOverride treatedRelu(const ReluTreatment& treatment);

/// The ReLUs whose outputs reach `value` as they are, alone or side by side with others.
std::set<const Node*> lastRelus(const Graph& graph, ValueId value);

}  // namespace unitscope
