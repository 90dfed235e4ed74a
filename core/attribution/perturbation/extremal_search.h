#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include <ATen/ATen.h>

#include "attribution/perturbation/mask_field.h"
#include "attribution/perturbation/perturbation.h"
#include "attribution/perturbation/reward.h"
#include "attribution/score.h"

namespace unitscope {

/// Preserve: what the mask keeps shall have a high reward. Delete: what is left without it, a low one. Dual: both.
enum class ExtremalVariant { Preserve, Delete, Dual };

struct ExtremalOptions {
  std::vector<double> areas{0.1};
  ExtremalVariant variant = ExtremalVariant::Preserve;
  std::int64_t steps = 800;
  double weight = 300.0;  ///< of the area's penalty at the beginning
  bool flip = true;       ///< mirrors the picture on every second step but the last fifth
  bool bfloat16 = false;  ///< before the last fifth
};

/// What is masked: the picture, or the value `from` where `perturbation` is made of that.
struct ExtremalSubject {
  const ScoreFunction& score;
  const Reward& reward;
  const Perturbation& perturbation;
  MaskField& field;
  ValueId from = kNoValue;
  /// What `from` takes for a perturbed [B,C,h,w], where that is no feature map itself.
  std::function<at::Tensor(const at::Tensor&)> shape = {};
};

/// Masks of given areas with the highest reward (Fong et al. 2019), one for each area, all in one batch as far as
/// memory and the network allow. Each mask is the one with the highest reward of the last fifth of the steps among
/// those that fit their area as well as the last one. `show` is called after every step with the masks so far. Returns
/// MaskField::visible masks, on the CPU.
at::Tensor searchExtremalMasks(const ExtremalSubject& subject, const ExtremalOptions& options,
                               const std::function<void(const at::Tensor& masks)>& show, const Progress& progress,
                               const CancelToken& cancel);

/// What the network is shown under these masks, judged by their own side of the variant: what they keep, or, for
/// Delete, what they leave. On the Executor's device.
at::Tensor perturbedBy(const ExtremalSubject& subject, ExtremalVariant variant, const at::Tensor& masks);

}  // namespace unitscope
