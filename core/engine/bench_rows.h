#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/model.h"

namespace unitscope {

/// One thing whose time is measured, without the stopwatch.
struct BenchRow {
  std::string name;         ///< "forward/32", "attribution/rise"
  std::int64_t images = 1;  ///< pictures that one call works through
  /// Makes inputs and warms up, then hands over the call to be timed. Throws Error where the network cannot do it
  /// (no feature map for a CAM method, say).
  std::function<std::function<void()>()> prepare;
};

/// Every row that this network can be asked: forward and forward_backward at batch 1 and 32; attribution/<id> for each
/// method with its published defaults (RISE with 1000 masks); occlusion/incremental
/// and occlusion/plain, the method with and without recomputing only what a window changes, and occlusion/hover, one
/// window of 16 pixels after another; edit/prefix_reuse and edit/whole_run, one unit of the
/// middle layer scaled anew each time with and without the values before it being kept, and edit/last_third, the same
/// with a layer two thirds along; tap/first_layer and
/// tap/whole_run, the first layer's output asked for alone and by way of the whole network. Inputs are seeded noise in
/// the card's size.
std::vector<BenchRow> benchRows(const std::shared_ptr<Model>& model, const CancelToken& cancel = {});

}  // namespace unitscope
