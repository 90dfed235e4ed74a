#include "training/recipes/scene_data.h"

#include <algorithm>

#include "engine/devices.h"
#include "training/recipe.h"

namespace unitscope {

PicturePool trainingScenes(const TrainingOptions& options, SceneBias bias, const Progress& progress,
                           const CancelToken& cancel) {
  SceneOptions scenes;
  scenes.bias = bias;
  // The default seed keeps the plain series, others get their own.
  const std::uint64_t seed = options.seed == 1 ? kTrainingScenes : mixSeed(options.seed, kTrainingScenes);
  return renderPool(seed, 0, options.samples, scenes, progress, cancel).to(deviceFrom(options.device));
}

PicturePool checkScenes(const TrainingOptions& options, std::int64_t count, const CancelToken& cancel) {
  // A training on few pictures is a trial, which should not wait for many others.
  return renderPool(kCheckScenes, 0, std::min(count, options.samples), {}, {}, cancel).to(deviceFrom(options.device));
}

at::Tensor drawIndices(std::int64_t count, const PicturePool& pool) {
  return at::randint(pool.count(), {count}, pool.pictures.options().dtype(at::kLong));
}

}  // namespace unitscope
