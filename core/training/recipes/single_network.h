#pragma once

#include <string>

#include "training/optimiser.h"
#include "training/recipe.h"

namespace unitscope {

/// A recipe for one network and one optimiser, whose state is all that there is to keep.
class SingleNetworkRecipe : public Recipe {
 public:
  NamedTensors state() const override;
  void load(const NamedTensors& state) override;
  void startFrom(const NamedTensors& weights) override { trainee_.load(weights); }

 protected:
  SingleNetworkRecipe(const TrainingOptions& options, Network network, const Adam::Options& adam);
  /// The network's output of this name for pictures [N,C,H,W] at `input`, in the precision asked for; float32.
  at::Tensor forward(const at::Tensor& pictures, const std::string& output);

  TrainingOptions options_;
  Trainee trainee_;
  Adam adam_;
};

}  // namespace unitscope
