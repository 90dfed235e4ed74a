#include "features/colours.h"

namespace unitscope {

at::Tensor colourMatrix() {
  const at::Tensor root = at::tensor({0.26F, 0.09F, 0.02F, 0.27F, 0.00F, -0.05F, 0.27F, -0.09F, 0.03F}).reshape({3, 3});
  return root / root.norm(2, {0}).max();
}

at::Tensor coloursFrom(const at::Tensor& values, bool decorrelated) {
  if (!decorrelated || values.size(1) != 3) return values.sigmoid();
  const at::Tensor matrix = colourMatrix().to(values.device());
  return at::matmul(matrix, values.flatten(2)).reshape(values.sizes()).sigmoid();
}

}  // namespace unitscope
