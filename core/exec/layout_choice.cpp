#include "exec/layout_choice.h"

#include <algorithm>

namespace unitscope {
namespace {

constexpr std::int64_t kMany = 8;

/// The layout that is likelier to win: channels-last for many images at a time, row-major for few.
int favourite(const LayoutChoice::Kind& kind) {
  return kind.batchClass == 2 ? 1 : 0;
}

/// Runs of each layout until it is decided. The very first run pays for memory and for packed weights, so the layout
/// that begins, the favourite, gets a second one; the other gets one, since it may be much slower.
int runsNeeded(const LayoutChoice::Kind& kind, int layout) {
  return layout == favourite(kind) ? 2 : 1;
}

}  // namespace

LayoutChoice::Kind LayoutChoice::kindOf(std::int64_t batch, bool gradients, bool bfloat16) {
  return {batch <= 1 ? 0 : batch < kMany ? 1 : 2, gradients, bfloat16};
}

bool LayoutChoice::channelsLast(Kind kind) const {
  const int likely = favourite(kind);
  const auto it = timings_.find(kind);
  if (it == timings_.end()) return likely == 1;
  const Timing& t = it->second;
  if (decided(kind)) return t.best[1] < t.best[0];
  const bool likelyIsNext = t.runs[likely] == t.runs[1 - likely] || t.runs[1 - likely] >= runsNeeded(kind, 1 - likely);
  return (likelyIsNext ? likely : 1 - likely) == 1;
}

void LayoutChoice::measured(Kind kind, bool channelsLast, double secondsPerImage) {
  Timing& t = timings_[kind];
  const int i = channelsLast ? 1 : 0;
  if (t.runs[i] < runsNeeded(kind, i)) ++t.runs[i];
  t.best[i] = std::min(t.best[i], secondsPerImage);
}

bool LayoutChoice::decided(Kind kind) const {
  const auto it = timings_.find(kind);
  return it != timings_.end() && it->second.runs[0] >= runsNeeded(kind, 0) && it->second.runs[1] >= runsNeeded(kind, 1);
}

}  // namespace unitscope
