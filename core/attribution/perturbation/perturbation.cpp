#include "attribution/perturbation/perturbation.h"

#include <algorithm>
#include <vector>

#include <ATen/CPUGeneratorImpl.h>

#include "attribution/perturbation/gaussian.h"

namespace unitscope {
namespace {

at::Tensor noiseLike(const at::Tensor& original, std::int64_t seed) {
  const at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(static_cast<std::uint64_t>(seed));
  const at::Tensor noise = at::randn(original.sizes(), generator, at::TensorOptions(at::kFloat)).to(original.device());
  const at::Tensor mean = original.mean(at::IntArrayRef{2, 3}, /*keepdim=*/true);
  const at::Tensor spread = (original - mean).square().mean(at::IntArrayRef{2, 3}, /*keepdim=*/true).sqrt();
  return noise * spread + mean;
}

/// Fading and noise are linear in the mask, so that two levels hold all of them.
at::Tensor levelsOf(const at::Tensor& original, const Perturbation::Options& options) {
  if (options.kind == PerturbationKind::Fade) return at::cat({original, at::zeros_like(original)});
  if (options.kind == PerturbationKind::Noise) return at::cat({original, noiseLike(original, options.seed)});
  const std::int64_t last = std::max<std::int64_t>(options.levels, 2) - 1;
  std::vector<at::Tensor> levels{original};
  for (std::int64_t level = 1; level <= last; ++level)
    levels.push_back(gaussianBlur(original, options.sigma * static_cast<double>(level) / static_cast<double>(last),
                                  BlurBorder::Zero));
  return at::cat(levels);
}

}  // namespace

PerturbationKind perturbationKind(const std::string& name) {
  if (name == "fade") return PerturbationKind::Fade;
  return name == "noise" ? PerturbationKind::Noise : PerturbationKind::Blur;
}

ParameterSpec perturbationParameter() {
  return {"perturbation",
          "Perturbation",
          "What hidden places show: the picture blurred, zero after normalisation (the mean colour of the training "
          "pictures), or random colours.",
          std::string("blur"),
          0,
          0,
          {"blur", "fade", "noise"}};
}

Perturbation::Perturbation(const at::Tensor& original, const Options& options) {
  const at::NoGradGuard noGradients;
  levels_ = levelsOf(original.detach().to(at::kFloat), options).contiguous();
  differences_ = levels_.slice(0, 1) - levels_.slice(0, 0, levels_.size(0) - 1);
}

at::Tensor Perturbation::apply(const at::Tensor& mask) const {
  const std::int64_t steps = differences_.size(0);
  if (steps == 1) return levels_[0] + (1 - mask) * differences_[0];
  const at::Tensor position = (1 - mask) * static_cast<double>(steps);
  const at::Tensor level = position.detach().floor().clamp(0, static_cast<double>(steps - 1));
  const at::Tensor index =
      level.to(at::kLong).expand({mask.size(0), levels_.size(1), levels_.size(2), levels_.size(3)});
  return levels_.gather(0, index) + (position - level) * differences_.gather(0, index);
}

}  // namespace unitscope
