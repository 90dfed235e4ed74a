#pragma once

#include <optional>
#include <vector>

#include "examples/receptive_field.h"

namespace unitscope {

/// The field behind one node, from those of the values that it reads (nothing for a value that does not depend on the
/// picture). Nothing where the node mixes places in a way that the graph does not fix: the whole picture then.
std::optional<ReceptiveField> fieldBehind(const Graph& graph, const Node& node,
                                          const std::vector<std::optional<ReceptiveField>>& fields);

}  // namespace unitscope
