#pragma once

#include <memory>

#include "data/scene.h"
#include "training/recipe.h"

namespace unitscope {

/// Which things a scene holds (several at once), or which article a picture of Fashion-MNIST shows.
std::unique_ptr<Recipe> makeSceneClassifierRecipe(const TrainingOptions& options, SceneBias bias,
                                                  const Progress& progress, const CancelToken& cancel);
std::unique_ptr<Recipe> makeFashionClassifierRecipe(const TrainingOptions& options);

}  // namespace unitscope
