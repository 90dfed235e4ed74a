#include <ATen/ATen.h>

#include "gan/attribute_boundaries.h"
#include "gan/latent_rows.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

/// Of the mean variance of the latents' numbers: keeps what samples hardly vary in from being made up.
constexpr double kRidge = 1e-3;

}  // namespace

Array scoreGradient(const Array& latents, const std::vector<float>& scores) {
  const at::Tensor rows = rowsOf(latents, "latents");
  if (rows.size(0) != static_cast<std::int64_t>(scores.size()))
    throw Error("scores", "are " + std::to_string(scores.size()) + " for " + std::to_string(rows.size(0)) + " latents");
  const at::Tensor values = at::tensor(scores, at::kDouble);
  if (!at::isfinite(values).all().item<bool>()) throw Error("scores", "hold numbers that are not finite");
  const at::Tensor centred = rows - rows.mean(std::vector<std::int64_t>{0}, true);
  const at::Tensor covariance = at::mm(centred.t(), centred) / static_cast<double>(rows.size(0));
  const at::Tensor wanted = at::mv(centred.t(), values - values.mean()) / static_cast<double>(rows.size(0));
  const at::Tensor ridge = at::eye(rows.size(1), at::kDouble) * (covariance.diagonal().mean() * kRidge);
  if (!(ridge.max().item<double>() > 0.0)) throw Error("latents", "are all equal");
  const at::Tensor slope = at::linalg_solve(covariance + ridge, wanted.unsqueeze(1)).squeeze(1);
  const double length = slope.norm().item<double>();
  if (!(length > 0.0)) throw Error("scores", "do not rise in any direction of the latents");
  Array gradient = plainArray(slope / length);
  const Shape& shape = latents.shape;
  if (shape.size() == 3 && shape[1] > 1 && shape[2] > 1) gradient.shape = {shape[1], shape[2]};
  return gradient;
}

}  // namespace unitscope
