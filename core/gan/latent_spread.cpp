#include "gan/latent_spread.h"

#include <algorithm>
#include <tuple>
#include <vector>

#include "engine/model_internal.h"

namespace unitscope {
namespace {

constexpr std::uint64_t kFirstSeed = 0x73700000;
constexpr double kLeastShare = 1e-3;

}  // namespace

at::Tensor LatentSpread::toStandard(const at::Tensor& w) const {
  return (w - mean).matmul(axes.t()) / deviation;
}

at::Tensor LatentSpread::fromStandard(const at::Tensor& x) const {
  return (x * deviation).matmul(axes) + mean;
}

LatentSpread spreadOfStyles(Generator& generator, std::int64_t count, const Array& classes, const CancelToken& cancel) {
  std::vector<std::uint64_t> seeds(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < seeds.size(); ++i) seeds[i] = kFirstSeed + i;
  SynthesisQuestion question;
  question.latents = generator.drawLatents(seeds);
  question.classes = classes;
  const Array rows = generator.styles(question, cancel);
  // Drawn styles are the same in all layers.
  const at::Tensor w = viewOf(rows).select(1, 0).to(at::kDouble);
  const at::Tensor mean = w.mean(0), centred = w - mean;
  const at::Tensor covariance = centred.t().matmul(centred) / static_cast<double>(std::max<std::int64_t>(1, count - 1));
  const auto [values, vectors] = at::linalg_eigh(covariance);
  const at::Tensor deviation = values.clamp_min(0.0).sqrt();
  const double widest = deviation.max().item<double>();
  return {mean.to(at::kFloat), vectors.t().contiguous().to(at::kFloat),
          deviation.clamp_min(std::max(widest * kLeastShare, 1e-12)).to(at::kFloat)};
}

}  // namespace unitscope
