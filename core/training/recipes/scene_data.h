#pragma once

#include "training/picture_pool.h"
#include "training/train.h"

namespace unitscope {

/// Pictures looked at now and then while training; more would cost more than they tell.
inline constexpr std::int64_t kCheckPictures = 2000;

/// `options.samples` scenes of the training series (mixed with the training's seed), on its device.
PicturePool trainingScenes(const TrainingOptions& options, SceneBias bias, const Progress& progress,
                           const CancelToken& cancel);
/// Scenes that were not trained on, to watch quality while training; never biased.
PicturePool checkScenes(const TrainingOptions& options, std::int64_t count, const CancelToken& cancel);

/// `count` random picture numbers of the pool, on its device.
at::Tensor drawIndices(std::int64_t count, const PicturePool& pool);

}  // namespace unitscope
