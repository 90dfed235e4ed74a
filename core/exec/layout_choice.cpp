#include "exec/layout_choice.h"

#include <algorithm>

namespace unitscope {
namespace {

// The first run of a layout pays for packing weights and filling the allocator, so each gets two.
constexpr int kRunsEach = 2;
constexpr std::int64_t kMany = 8;

}  // namespace

LayoutChoice::Kind LayoutChoice::kindOf(std::int64_t batch, bool gradients, bool bfloat16) {
  return {batch <= 1 ? 0 : batch < kMany ? 1 : 2, gradients, bfloat16};
}

bool LayoutChoice::channelsLast(Kind kind) const {
  const auto it = timings_.find(kind);
  if (it == timings_.end()) return false;
  const Timing& t = it->second;
  if (decided(kind)) return t.best[1] < t.best[0];
  return t.runs[1] < t.runs[0];
}

void LayoutChoice::measured(Kind kind, bool channelsLast, double secondsPerImage) {
  Timing& t = timings_[kind];
  const int i = channelsLast ? 1 : 0;
  if (t.runs[i] < kRunsEach) ++t.runs[i];
  t.best[i] = std::min(t.best[i], secondsPerImage);
}

bool LayoutChoice::decided(Kind kind) const {
  const auto it = timings_.find(kind);
  return it != timings_.end() && it->second.runs[0] >= kRunsEach && it->second.runs[1] >= kRunsEach;
}

}  // namespace unitscope
