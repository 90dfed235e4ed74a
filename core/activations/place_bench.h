#pragma once

#include <vector>

#include "engine/bench_rows.h"

namespace unitscope {

/// places/3x27x27x256: what one move of the mouse over three pictures' activations costs, the similarity of every place
/// and the ten units that make up the one under the pointer. Following it at 30 pictures a second leaves 33 ms each.
std::vector<BenchRow> placeBenchRows();

}  // namespace unitscope
