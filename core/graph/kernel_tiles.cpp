#include "graph/kernel_tiles.h"

#include <algorithm>
#include <cmath>

#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr std::int64_t kLargestSide = 64;

}  // namespace

bool hasKernels(const TensorData& data) noexcept {
  const Shape& s = data.shape();
  return s.size() == 4 && data.count() > 0 && s[2] * s[3] > 1 && s[2] <= kLargestSide && s[3] <= kLargestSide &&
         isFloating(data.dtype());
}

KernelTiles kernelTiles(const TensorData& data, int most) {
  if (!hasKernels(data)) throw Error("a tensor of shape " + toString(data.shape()) + " holds no kernels");
  const Shape& s = data.shape();
  KernelTiles result;
  result.rows = s[2];
  result.columns = s[3];
  result.colour = s[1] == 3;
  const std::int64_t channels = result.colour ? 3 : 1;
  const std::int64_t places = s[2] * s[3];
  result.total = data.count() / (places * channels);
  const std::int64_t shown = std::clamp<std::int64_t>(most, 0, result.total);
  const std::int64_t elements = shown * places * channels;
  const std::size_t bytes = static_cast<std::size_t>(elements) * sizeOf(data.dtype());
  const std::vector<double> values =
      TensorData(data.dtype(), {elements}, data.bytes().first(bytes), data.owner()).toDoubles();
  double scale = 0.0;
  for (const double value : values)
    if (std::isfinite(value)) scale = std::max(scale, std::abs(value));
  for (std::int64_t tile = 0; tile < shown; ++tile) {
    std::vector<float> picture(static_cast<std::size_t>(places * channels));
    for (std::int64_t place = 0; place < places; ++place)
      for (std::int64_t c = 0; c < channels; ++c) {
        const double value = values[static_cast<std::size_t>((tile * channels + c) * places + place)];
        picture[static_cast<std::size_t>(place * channels + c)] =
            scale > 0.0 && std::isfinite(value) ? static_cast<float>(value / scale) : 0.0f;
      }
    result.tiles.push_back(std::move(picture));
  }
  return result;
}

}  // namespace unitscope
