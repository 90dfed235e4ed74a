#include "judging/map_plane.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "graph/tensor_data.h"
#include "runtime/error.h"

namespace unitscope {

at::Tensor collapsedMap(const at::Tensor& map, bool absolute) {
  at::Tensor m = map.detach().to(at::kCPU, at::kDouble);
  if (m.dim() == 4 && m.size(0) == 1) m = m[0];
  if (m.dim() == 2) m = m.unsqueeze(0);
  if (m.dim() != 3 || m.numel() == 0)
    throw Error("map", "has the shape " + toString(map.sizes().vec()) + " where [1,C,h,w], [C,h,w] or [h,w] is needed");
  const at::Tensor finite = at::isfinite(m);
  if (!finite.any().item<bool>()) throw Error("map", "holds no finite number");
  if (!finite.all().item<bool>()) m = at::where(finite, m, at::full_like(m, m.masked_select(finite).min().item()));
  return absolute ? m.abs().amax(at::IntArrayRef{0}) : m.sum(0);
}

at::Tensor mapPlane(const at::Tensor& map, std::int64_t height, std::int64_t width, bool absolute) {
  const at::Tensor plane = collapsedMap(map, absolute);
  if (plane.size(0) == height && plane.size(1) == width) return plane.contiguous();
  return at::_upsample_bilinear2d_aa(plane.unsqueeze(0).unsqueeze(0), {height, width}, /*align_corners=*/false)[0][0]
      .contiguous();
}

at::Tensor fallingOrder(const at::Tensor& plane) {
  const at::Tensor flat = plane.to(at::kCPU, at::kDouble).flatten().contiguous();
  const auto* values = flat.data_ptr<double>();
  at::Tensor order = at::arange(flat.numel(), at::kLong);
  auto* first = order.data_ptr<std::int64_t>();
  std::stable_sort(first, first + flat.numel(), [&](std::int64_t a, std::int64_t b) { return values[a] > values[b]; });
  return order;
}

at::Tensor fallingRanks(const at::Tensor& plane) {
  const at::Tensor order = fallingOrder(plane);
  at::Tensor ranks = at::empty_like(order);
  ranks.index_copy_(0, order, at::arange(order.numel(), at::kLong));
  return ranks.reshape(plane.sizes());
}

}  // namespace unitscope
