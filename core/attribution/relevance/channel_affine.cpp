#include "attribution/relevance/channel_affine.h"

#include <cstdint>
#include <vector>

#include "runtime/error.h"

namespace unitscope {

ChannelAffine affineOf(const Node& norm, const at::Tensor& gamma, const at::Tensor& beta, const at::Tensor& mean,
                       const at::Tensor& variance) {
  const at::Tensor scale = gamma / (variance + norm.floatOr("epsilon", 1e-5)).sqrt();
  return {scale, beta - mean * scale};
}

LinearTerms mergedWith(const ChannelAffine& affine, const Node& layer, LinearTerms terms) {
  const at::Tensor& w = terms.weight;
  const at::Tensor scale = affine.scale.to(w.options());
  // Where the weights have their output channels: first, last, or, in groups, second.
  std::vector<std::int64_t> shape(static_cast<std::size_t>(w.dim()), 1);
  std::int64_t groups = 1;
  std::size_t axis = 0;
  if (layer.op == "ConvTranspose") {
    groups = layer.intOr("group", 1);
    axis = 1;
  } else if (layer.op == "Gemm" && layer.intOr("transB", 0) == 0) {
    axis = 1;
  }
  if (w.dim() < 2 || groups < 1 || w.size(static_cast<std::int64_t>(axis)) * groups != scale.numel())
    throw Error(layer.label(), "has other channels than the normalization behind it");
  if (groups > 1) {
    std::vector<std::int64_t> grouped = w.sizes().vec();
    grouped[0] /= groups;
    grouped.insert(grouped.begin(), groups);
    shape.insert(shape.begin(), groups);
    shape[2] = w.size(1);
    terms.weight = (w.reshape(grouped) * scale.reshape(shape)).reshape(w.sizes());
  } else {
    shape[axis] = scale.numel();
    terms.weight = w * scale.reshape(shape);
  }
  const at::Tensor shift = affine.shift.to(w.options());
  terms.bias = terms.bias.defined() ? terms.bias * scale + shift : shift;
  return terms;
}

}  // namespace unitscope
