#pragma once

namespace unitscope {

/// Smooth noise in 0..1 with a period of 64 in both directions: sums of interpolated random lattices (value noise) of
/// three octaves, the finest with one value a unit. The same everywhere; callers move the origin.
float sceneNoise(float x, float y);

}  // namespace unitscope
