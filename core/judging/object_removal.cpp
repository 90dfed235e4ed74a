#include "judging/object_removal.h"

#include <algorithm>

#include "engine/model_internal.h"
#include "judging/imputation.h"

namespace unitscope {

std::vector<Array> withoutObjects(const Model& model, const Array& input, const std::vector<Array>& masks,
                                  const CancelToken& cancel) {
  std::vector<Array> pictures;
  if (masks.empty()) return pictures;
  const bool swap = model.card().channelsLast;
  at::Tensor image = viewOf(input);
  if (swap) image = image.permute({0, 3, 1, 2});
  std::vector<at::Tensor> objects;
  for (const Array& mask : masks) objects.push_back(viewOf(mask).unsqueeze(0));
  // Borders are mixed with what is around; a rim of a 32nd of the picture leaves nothing of the object.
  const std::int64_t reach = std::max<std::int64_t>(1, std::min(image.size(2), image.size(3)) / 32);
  const at::Tensor holes = at::max_pool2d(at::stack(objects), {2 * reach + 1}, {1}, {reach}).gt(0.5);
  const at::Tensor filled = imputed(image.contiguous(), holes, cancel);
  const at::Tensor ours = swap ? filled.permute({0, 2, 3, 1}) : filled;
  for (std::int64_t i = 0; i < ours.size(0); ++i) pictures.push_back(toArray(ours.narrow(0, i, 1)));
  return pictures;
}

}  // namespace unitscope
