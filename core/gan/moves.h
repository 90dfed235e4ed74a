#pragma once

#include <vector>

#include "gan/direction.h"
#include "gan/generator.h"
#include "runtime/progress.h"

namespace unitscope {

/// How far to go along a direction, in lengths of its vector.
struct LatentMove {
  LatentDirection direction;
  double amount = 0.0;
};

/// The question whose latents have been moved: directions of z first, then the mapping with its truncation, then those
/// of w and w+, so that sliders of different spaces add up. A vector [D] of w goes to its direction's layers, all of
/// them where none are named. Without moves, and for amounts of 0, the latents stay as they are. Throws Error for
/// directions of z where the latents lie behind the mapping already, of w where the network has no styles, and for
/// sizes that do not fit.
SynthesisQuestion withMoves(Generator& generator, const SynthesisQuestion& base, const std::vector<LatentMove>& moves,
                            const CancelToken& cancel = {});

}  // namespace unitscope
