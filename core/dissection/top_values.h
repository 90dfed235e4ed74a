#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace unitscope {

/// The `keep` largest of a stream of numbers, in memory for twice as many; NaN is passed over.
class TopValues {
 public:
  explicit TopValues(std::size_t keep);

  void add(const float* values, std::int64_t count, std::int64_t stride = 1);
  /// The keep-th largest so far, the smallest when there were fewer; -inf when there were none.
  float smallestKept();
  float largest() const noexcept;
  float smallest() const noexcept { return smallest_; }

 private:
  void trim();

  std::size_t keep_;
  std::vector<float> kept_;
  float bound_ = -std::numeric_limits<float>::infinity();  ///< smaller ones cannot be among them
  float smallest_ = std::numeric_limits<float>::infinity();
};

}  // namespace unitscope
