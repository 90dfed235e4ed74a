#pragma once

#include <cstdint>
#include <vector>

#include <ATen/ATen.h>

#include "features/feature_goal.h"

namespace unitscope {

/// What the pictures of a batch are worth, as a function of the layer's activations.
class Objective {
 public:
  /// `maps` is the shape [*,C,h,w] of the activations of a finished picture. Throws Error naming the goal for units,
  /// places and vectors that do not fit it.
  Objective(std::vector<FeatureGoal> goals, at::IntArrayRef maps, double cosinePower, at::Device device);

  /// [N], to be made as large as possible, of activations [N,C,h',w']: h' and w' may be other than those of a finished
  /// picture, where the network is shown a part of it; a place is then the one at the same share of the way.
  at::Tensor values(const at::Tensor& activations) const;
  /// What is reported of finished pictures, over places: [N,h,w] of the unit, the mixture, the projection on the
  /// direction, the cosine similarity to the given activation, or the mean square of all units.
  at::Tensor responses(const at::Tensor& activations) const;

 private:
  at::Tensor valueOf(std::size_t i, const at::Tensor& maps) const;
  at::Tensor responseOf(std::size_t i, const at::Tensor& maps) const;
  at::Tensor atPlace(const FeatureGoal& goal, const at::Tensor& maps) const;

  std::vector<FeatureGoal> goals_;
  std::vector<at::Tensor> vectors_;  ///< [C,1,1] or [C,h,w]; undefined where the goal has none
  std::int64_t height_, width_;
  double cosinePower_;
  at::Tensor rows_, units_;  ///< where all goals are channels: indices of one look-up
};

/// Throws Error unless the goal can be asked of a layer with these maps [*,C,h,w].
void checkGoal(const FeatureGoal& goal, at::IntArrayRef maps);

/// How alike the pictures of each group are, [N]: mean over the others of its group of the cosine between the Gram
/// matrices of the channels (Olah et al. 2017); 0 for those of no group.
at::Tensor likeness(const std::vector<FeatureGoal>& goals, const at::Tensor& activations);

}  // namespace unitscope
