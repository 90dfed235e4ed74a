#include "attribution/perturbation/area_penalty.h"

#include <algorithm>
#include <cstdint>
#include <limits>

#include <ATen/Parallel.h>

namespace unitscope {
namespace {

/// Where the zeros end: values below `value` are to be 0, above it 1, and equal ones `share` of 1.
struct Border {
  float value = -std::numeric_limits<float>::infinity();
  double share = 1.0;
};

Border borderOf(const float* mask, std::int64_t count, std::int64_t zeros) {
  if (zeros <= 0) return {};
  std::vector<float> sorted(mask, mask + count);
  const auto last = sorted.begin() + (zeros - 1);
  std::nth_element(sorted.begin(), last, sorted.end());
  const float value = *last;
  const std::int64_t below = std::count_if(mask, mask + count, [&](float m) { return m < value; });
  const std::int64_t equal = std::count(mask, mask + count, value);
  return {value, 1.0 - static_cast<double>(zeros - below) / static_cast<double>(equal)};
}

}  // namespace

AreaPenalty areaPenalty(const at::Tensor& masks, const std::vector<double>& areas) {
  const at::Tensor values = masks.detach().contiguous();
  AreaPenalty penalty{std::vector<double>(areas.size()), at::empty_like(values)};
  const auto batch = static_cast<std::int64_t>(areas.size());
  const std::int64_t count = values.numel() / batch;
  const float* from = values.data_ptr<float>();
  auto* to = penalty.gradient.data_ptr<float>();
  at::parallel_for(0, batch, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t b = begin; b < end; ++b) {
      const float* mask = from + b * count;
      float* gradient = to + b * count;
      const double area = areas[static_cast<std::size_t>(b)];
      const auto zeros = static_cast<std::int64_t>(static_cast<double>(count) * (1.0 - area));
      const Border border = borderOf(mask, count, std::min(zeros, count));
      const double scale = 1.0 / static_cast<double>(count);
      double sum = 0.0;
      for (std::int64_t i = 0; i < count; ++i) {
        const double m = static_cast<double>(mask[i]);
        const double ones = mask[i] < border.value ? 0.0 : mask[i] > border.value ? 1.0 : border.share;
        sum += (1.0 - ones) * m * m + ones * (1.0 - m) * (1.0 - m);
        gradient[i] = static_cast<float>(2.0 * scale * (m - ones));
      }
      penalty.values[static_cast<std::size_t>(b)] = sum * scale;
    }
  });
  return penalty;
}

}  // namespace unitscope
