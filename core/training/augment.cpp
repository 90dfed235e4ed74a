#include "training/augment.h"

#include <vector>

namespace unitscope {

Flipped flipAtRandom(const at::Tensor& pictures) {
  const at::Tensor mask = at::rand({pictures.size(0)}, pictures.options()).lt(0.5);
  return {at::where(mask.view({-1, 1, 1, 1}), pictures.flip({3}), pictures), mask};
}

at::Tensor flipLike(const at::Tensor& maps, const at::Tensor& mask) {
  return at::where(mask.view({-1, 1, 1}), maps.flip({2}), maps);
}

at::Tensor shiftAtRandom(const at::Tensor& pictures, std::int64_t most, double fill) {
  const std::int64_t count = pictures.size(0), height = pictures.size(2), width = pictures.size(3);
  const at::Tensor padded = at::constant_pad_nd(pictures, {most, most, most, most}, fill);
  const at::Tensor shifts = at::randint(2 * most + 1, {count, 2}, at::kLong);
  const auto* shift = shifts.data_ptr<std::int64_t>();
  std::vector<at::Tensor> moved;
  for (std::int64_t i = 0; i < count; ++i)
    moved.push_back(padded[i].narrow(1, shift[2 * i], height).narrow(2, shift[2 * i + 1], width));
  return at::stack(moved).contiguous(pictures.suggest_memory_format());
}

}  // namespace unitscope
