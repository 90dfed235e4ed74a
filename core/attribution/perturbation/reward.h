#pragma once

#include <string>

#include <ATen/ATen.h>

#include "attribution/score.h"

namespace unitscope {

/// What a mask is rewarded for: the score asked for, or, contrastive, how far it lies above the best of the other
/// classes (Fong et al. 2019). Contrast makes sense where the score is one of classes that exclude one another; other
/// scores (a difference already, a similarity, an inner unit, a single output) are taken as they are. Probabilities are
/// taken by their logarithm, whose differences are those of the logits behind them.
class Reward {
 public:
  Reward(const ScoreFunction& score, bool contrastive);

  bool contrastive() const noexcept { return contrastive_; }
  /// [B] from the network's rows [B,K]. Differentiable.
  at::Tensor of(const at::Tensor& rows) const;

 private:
  const ScoreFunction& score_;
  bool contrastive_;
  bool logarithm_;
};

}  // namespace unitscope
