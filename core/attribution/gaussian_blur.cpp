#include "attribution/gaussian_blur.h"

#include <algorithm>
#include <cmath>

namespace unitscope {

at::Tensor gaussianBlur(const at::Tensor& picture, double sigma) {
  const std::int64_t channels = picture.size(1);
  at::Tensor result = picture;
  for (const std::int64_t axis : {2, 3}) {
    // Reflection needs a border shorter than the picture.
    const std::int64_t radius = std::min<std::int64_t>(std::llround(3.0 * sigma), picture.size(axis) - 1);
    const at::Tensor offsets = at::arange(-radius, radius + 1, picture.options());
    at::Tensor kernel = (offsets.square() / (-2.0 * sigma * sigma)).exp();
    kernel = kernel / kernel.sum();
    const bool rows = axis == 2;
    kernel = kernel.reshape({1, 1, rows ? -1 : 1, rows ? 1 : -1}).repeat({channels, 1, 1, 1});
    const at::Tensor padded = rows ? at::reflection_pad2d(result, {0, 0, radius, radius})
                                   : at::reflection_pad2d(result, {radius, radius, 0, 0});
    result = at::conv2d(padded, kernel, {}, {1, 1}, at::IntArrayRef{0, 0}, {1, 1}, channels);
  }
  return result;
}

}  // namespace unitscope
