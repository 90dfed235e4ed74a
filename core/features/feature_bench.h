#pragma once

#include <memory>
#include <vector>

#include "engine/bench_rows.h"

namespace unitscope {

/// Feature visualization of units of the network's middle layer: features/16, sixteen in one batch, and features/1, one
/// alone; 16 steps a call, so that an item is one step of one picture. Pictures in the usual size.
std::vector<BenchRow> featureBenchRows(const std::shared_ptr<Model>& model, const CancelToken& cancel = {});

}  // namespace unitscope
