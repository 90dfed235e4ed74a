#pragma once

#include <cstdint>
#include <vector>

#include "app/generator/generator_scene.h"
#include "runtime/progress.h"

namespace unitscope {

class Generator;

/// A film through the latent space.
struct WalkPlan {
  enum class Kind { Random, Along, Between };
  Kind kind = Kind::Random;
  /// Through z, where the network has styles too; else through what the layers take.
  bool throughZ = false;
  std::int64_t frames = 240;
  double radius = 0.5;  ///< Random: how far from the sample, in distances between two samples
  double step = 0.01;   ///< Random: from frame to frame, in the same
  std::uint64_t seed = 0;
  std::vector<LatentDirection> keep;  ///< Random: boundaries whose attributes must not change
  LatentDirection along;              ///< Along: forth and back over its range
  GeneratorScene end;                 ///< Between
  bool spherical = false;             ///< Between: along the sphere, as fits z
};

/// The scenes of the film, `plan.frames` of them: the sample with its changes, and latents that move. Random walks and
/// those along a direction come back to where they began. On the engine thread. Throws Error where a sample has no z to
/// walk through, sizes do not fit, or `keep` leaves no room; Cancelled.
std::vector<GeneratorScene> walkFrames(Generator& generator, const GeneratorScene& start, const WalkPlan& plan,
                                       const CancelToken& cancel = {});

}  // namespace unitscope
