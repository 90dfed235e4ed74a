#pragma once

#include <memory>

#include "training/recipe.h"

namespace unitscope {

/// A style-based generator against a discriminator that sees pictures and the features of a classifier of ours
/// (Karras et al. 2020, Sauer et al. 2021): non-saturating loss, R1 on the pictures (Mescheder et al. 2018), style
/// mixing, and a running mean of the weights as the result.
std::unique_ptr<Recipe> makeSceneGeneratorRecipe(const TrainingOptions& options, const Progress& progress,
                                                 const CancelToken& cancel);
std::unique_ptr<Recipe> makeFashionGeneratorRecipe(const TrainingOptions& options);

}  // namespace unitscope
