#pragma once

#include <string>
#include <vector>

#include "engine/model.h"

namespace unitscope {

/// A layer whose units can be looked at: [N,C,H,W], [N,T,C] or [N,C].
struct UnitLayer {
  std::string name;
  ValueId value = kNoValue;
  std::int64_t units = 0, height = 1, width = 1;
  bool tokens = false;  ///< [N,T,C]
};

/// The layers named, each once, in the order of evaluation; those of exampleLayers() for no names. Throws Error naming
/// one that does not exist or has no units.
std::vector<UnitLayer> unitLayers(Model& model, const std::vector<std::string>& names, const CancelToken& cancel);

}  // namespace unitscope
