#pragma once

#include <vector>

#include "engine/model.h"

namespace unitscope {

/// The input without each of some objects in turn: its pixels and those right beside it become a smooth continuation
/// of what is around. The masks are [H,W] of 0 and 1 in the input's geometry; one picture comes back for each.
std::vector<Array> withoutObjects(const Model& model, const Array& input, const std::vector<Array>& masks,
                                  const CancelToken& cancel);

}  // namespace unitscope
