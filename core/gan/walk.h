#pragma once

#include <cstdint>
#include <vector>

#include "engine/array.h"

namespace unitscope {

enum class Interpolation {
  Linear,     ///< for w and w+
  Spherical,  ///< for z, whose samples all lie near a sphere: the angle grows evenly, and the length from one to the
              ///< other
};

/// `frames` latents from `from` to `to`, both included: [frames, ...]. Both have one latent's shape, [D] or [L,D] (a
/// leading 1 is taken off). Throws Error for other shapes and fewer than two frames.
Array interpolate(const Array& from, const Array& to, std::int64_t frames, Interpolation kind);

struct WalkQuestion {
  Array start;  ///< [D] or [L,D] (a leading 1 is taken off); the walk begins here
  std::int64_t frames = 120;
  double radius = 3.0;  ///< how far from the start it may lead, over each layer
  double speed = 0.15;  ///< distance between two frames
  bool closed = true;   ///< the frame after the last is the first again, so that a film can loop
  std::uint64_t seed = 0;
  std::vector<Array> keep;           ///< normals [D] of attributes that must not change
  Array along;                       ///< [D]: forth and back in this direction only; empty: anywhere
  std::vector<std::int64_t> layers;  ///< rows of [L,D] that move; empty: all
};

/// A smooth walk at even speed, [frames, ...]: a curve through random places around the start, the same for equal
/// seeds. All rows of a start [L,D] move alike. With `along` the walk goes to `radius` on both sides (open: once, from
/// one end to the other through the start) and `speed` does not count. Closed walks stay nearer than the radius where
/// that makes a whole round take `frames`. Throws Error for sizes that do not fit, numbers that are not finite or out
/// of range, and where `keep` leaves no room.
Array walk(const WalkQuestion& question);

}  // namespace unitscope
