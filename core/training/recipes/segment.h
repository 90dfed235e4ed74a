#pragma once

#include <memory>

#include "training/recipe.h"

namespace unitscope {

/// The class of each pixel of a scene.
std::unique_ptr<Recipe> makeSegmenterRecipe(const TrainingOptions& options, const Progress& progress,
                                            const CancelToken& cancel);

}  // namespace unitscope
