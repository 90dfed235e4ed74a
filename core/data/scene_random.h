#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

namespace unitscope {

/// SplitMix64 (Steele et al. 2014) with the few distributions that scenes need: the same numbers on every machine,
/// which the distributions of <random> do not promise.
class SceneRandom {
 public:
  SceneRandom(std::uint64_t seed, std::uint64_t index) : state_(seed * 0xD1B54A32D192ED03ULL ^ mixed(index + 1)) {
    next();
  }

  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15ULL;
    return mixed(state_);
  }
  /// In [0,1).
  float unit() { return static_cast<float>(next() >> 40) * 0x1.0p-24f; }
  float range(float low, float high) { return low + (high - low) * unit(); }
  bool chance(float probability) { return unit() < probability; }
  /// low..high, both included.
  int whole(int low, int high) { return low + static_cast<int>(next() % static_cast<std::uint64_t>(high - low + 1)); }
  float sign() { return chance(0.5f) ? 1.0f : -1.0f; }

 private:
  static std::uint64_t mixed(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }
  std::uint64_t state_;
};

}  // namespace unitscope
