#include "dissection/top_values.h"

#include <algorithm>
#include <functional>

namespace unitscope {

TopValues::TopValues(std::size_t keep) : keep_(std::max<std::size_t>(keep, 1)) {}

void TopValues::add(const float* values, std::int64_t count, std::int64_t stride) {
  for (std::int64_t i = 0; i < count; i += stride) {
    const float value = values[i];
    smallest_ = value < smallest_ ? value : smallest_;
    if (!(value > bound_)) continue;
    kept_.push_back(value);
    if (kept_.size() >= 2 * keep_) trim();
  }
}

void TopValues::trim() {
  if (kept_.size() <= keep_) return;
  const auto last = kept_.begin() + static_cast<std::ptrdiff_t>(keep_ - 1);
  std::nth_element(kept_.begin(), last, kept_.end(), std::greater<>());
  bound_ = *last;
  kept_.resize(keep_);
}

float TopValues::smallestKept() {
  trim();
  if (kept_.empty()) return -std::numeric_limits<float>::infinity();
  return *std::ranges::min_element(kept_);
}

float TopValues::largest() const noexcept {
  return kept_.empty() ? -std::numeric_limits<float>::infinity() : *std::ranges::max_element(kept_);
}

}  // namespace unitscope
