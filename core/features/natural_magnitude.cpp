#include "features/parameterisation.h"

namespace unitscope {

at::Tensor naturalMagnitude(std::int64_t height, std::int64_t width) {
  at::Tensor magnitude = pictureFrequencies(height, width).clamp_min(1e-6).pow(-1.2);
  magnitude[0][0].fill_(0.0);
  return magnitude;
}

}  // namespace unitscope
