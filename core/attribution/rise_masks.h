#pragma once

#include <cstdint>

#include <ATen/ATen.h>

namespace unitscope {

/// RISE's random masks (Petsiuk et al. 2018): a coarse grid of zeros and ones, enlarged bilinearly beyond the picture
/// and cut out at a random shift. Drawn in the order in which TorchRay draws them, so that equal seeds give equal
/// masks.
class RiseMasks {
 public:
  /// A grid of cells x cells whose cells are one with probability p.
  RiseMasks(std::int64_t height, std::int64_t width, std::int64_t cells, double p, std::int64_t seed);

  /// Masks are drawn in chunks of this size.
  static constexpr std::int64_t kChunk = 32;
  /// The next `count` (at most kChunk) masks, [count,1,H,W] with values in [0,1], on the CPU.
  at::Tensor next(std::int64_t count);

 private:
  at::Generator generator_;
  std::int64_t height_, width_, cells_;
  double p_;
};

}  // namespace unitscope
