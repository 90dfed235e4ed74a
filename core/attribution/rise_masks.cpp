#include "attribution/rise_masks.h"

#include <ATen/CPUGeneratorImpl.h>

namespace unitscope {

RiseMasks::RiseMasks(std::int64_t height, std::int64_t width, std::int64_t cells, double p, std::int64_t seed)
    : generator_(at::make_generator<at::CPUGeneratorImpl>(static_cast<std::uint64_t>(seed))),
      height_(height),
      width_(width),
      cells_(cells),
      p_(p) {}

at::Tensor RiseMasks::next(std::int64_t count) {
  const at::NoGradGuard noGradients;
  const std::int64_t cellHeight = (height_ + cells_ - 1) / cells_;
  const std::int64_t cellWidth = (width_ + cells_ - 1) / cells_;
  const at::Tensor grid = at::rand({count, 1, cells_, cells_}, generator_, at::TensorOptions(at::kFloat)).lt(p_);
  const at::Tensor down = at::randint(cellHeight, {count}, generator_, at::TensorOptions(at::kLong));
  const at::Tensor right = at::randint(cellWidth, {count}, generator_, at::TensorOptions(at::kLong));
  // One reflected cell around the grid keeps the enlargement's border from being flat. The grid spans the picture and
  // one cell more, so that every shift finds a whole picture in it.
  const std::int64_t tall = (height_ + cellHeight + cells_ - 1) / cells_;
  const std::int64_t wide = (width_ + cellWidth + cells_ - 1) / cells_;
  const at::Tensor padded = at::reflection_pad2d(grid.to(at::kFloat), {1, 1, 1, 1});
  const at::Tensor large =
      at::upsample_bilinear2d(padded, {tall * (cells_ + 2), wide * (cells_ + 2)}, /*align_corners=*/false);
  at::Tensor masks = at::empty({count, 1, height_, width_});
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t top = tall + down[i].item<std::int64_t>();
    const std::int64_t left = wide + right[i].item<std::int64_t>();
    masks[i].copy_(large[i].slice(1, top, top + height_).slice(2, left, left + width_));
  }
  return masks;
}

}  // namespace unitscope
