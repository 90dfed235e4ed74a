#include "gan/latent_rows.h"

#include "engine/model_internal.h"
#include "runtime/error.h"

namespace unitscope {

at::Tensor rowsOf(const Array& array, const std::string& subject) {
  if (array.shape.empty() || array.values.empty()) throw Error(subject, "is empty");
  const at::Tensor rows = viewOf(array).to(at::kDouble).reshape({array.shape.front(), -1});
  if (!at::isfinite(rows).all().item<bool>()) throw Error(subject, "holds numbers that are not finite");
  return rows;
}

at::Tensor vectorOf(const Array& array, const std::string& subject) {
  return rowsOf(array, subject).reshape({-1});
}

Array plainArray(const at::Tensor& tensor) {
  return toArray(tensor);
}

at::Tensor withFixedSigns(const at::Tensor& rows) {
  const at::Tensor largest = rows.gather(1, rows.abs().argmax(1, true));
  return rows * at::where(largest < 0, at::full_like(largest, -1.0), at::ones_like(largest));
}

}  // namespace unitscope
