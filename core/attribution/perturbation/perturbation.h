#pragma once

#include <cstdint>
#include <string>

#include <ATen/ATen.h>

#include "attribution/parameters.h"

namespace unitscope {

/// What takes the place of what a mask hides.
enum class PerturbationKind {
  Blur,   ///< the picture itself, blurred: plausible, and free of new edges
  Fade,   ///< zero: after normalisation the mean colour of the training pictures
  Noise,  ///< random colours with the mean and spread of the picture's own
};

/// The kind of this name ("blur", "fade", "noise").
PerturbationKind perturbationKind(const std::string& name);
/// The parameter `perturbation` of methods that offer the choice.
ParameterSpec perturbationParameter();

/// A picture, or the activation of a layer, in all strengths between untouched and gone; a mask says which place gets
/// which (Fong et al. 2019).
class Perturbation {
 public:
  struct Options {
    PerturbationKind kind = PerturbationKind::Blur;
    std::int64_t levels = 8;  ///< of blur, mixed linearly in between; at least 2
    double sigma = 20.0;      ///< of the strongest blur, in places
    std::int64_t seed = 0;    ///< of the noise
  };

  /// `original` is [1,C,H,W].
  Perturbation(const at::Tensor& original, const Options& options);

  /// [L,C,H,W]; level 0 is the original, the last is perturbed most.
  const at::Tensor& levels() const noexcept { return levels_; }
  /// [B,C,H,W] for masks of [B,1,H,W] (places) or [B,C,1,1] (channels) in [0,1], where 1 keeps and 0 perturbs most.
  /// Differentiable by the mask, whose device is the original's.
  at::Tensor apply(const at::Tensor& mask) const;

 private:
  at::Tensor levels_;
  at::Tensor differences_;  // [L-1,C,H,W], from each level to the next
};

}  // namespace unitscope
