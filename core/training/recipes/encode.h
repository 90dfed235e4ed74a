#pragma once

#include <memory>

#include "training/recipe.h"

namespace unitscope {

/// From a scene to the styles that draw it again, trained in-domain (Zhu et al. 2020): the finished generator stands in
/// the loop, real scenes are the targets, and drawn scenes bring the styles that they came from.
std::unique_ptr<Recipe> makeEncoderRecipe(const TrainingOptions& options, const Progress& progress,
                                          const CancelToken& cancel);

}  // namespace unitscope
