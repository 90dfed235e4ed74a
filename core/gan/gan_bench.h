#pragma once

#include <memory>
#include <vector>

#include "engine/bench_rows.h"

namespace unitscope {

/// What it takes a generator's picture to follow a slider, from the changed question to a picture of 8 bits; none for
/// networks whose card names another task. gan/unit_first, gan/unit_second_half and gan/unit_last_quarter: a unit
/// scaled anew each time, of the feature map with most behind it among all, those of the second half and those of the
/// last quarter; gan/direction: w (or z, in networks without styles) moved along a direction, all layers;
/// gan/direction_last: at the last row of w+ only; gan/sample: a new z each time, the whole pass.
std::vector<BenchRow> generatorBenchRows(const std::shared_ptr<Model>& model, const CancelToken& cancel = {});

}  // namespace unitscope
