#include "data/scene_noise.h"

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "data/scene_random.h"

namespace unitscope {
namespace {

constexpr int kPeriod = 64, kFine = 4, kSide = kPeriod * kFine;

/// Four samples a unit: drawing looks up, it does not interpolate.
class Table {
 public:
  Table() {
    SceneRandom random(0x5CE7E, 0);
    add(random, kFine, 0.3f);
    add(random, 2 * kFine, 0.3f);
    add(random, 4 * kFine, 0.4f);
  }
  float at(int x, int y) const {
    constexpr int mask = kSide - 1;
    return values_[static_cast<std::size_t>((y & mask) * kSide + (x & mask))];
  }

 private:
  void add(SceneRandom& random, int cell, float weight) {
    const int cells = kSide / cell;
    std::array<float, (kSide / kFine) * (kSide / kFine)> lattice{};
    for (int i = 0; i < cells * cells; ++i) lattice[static_cast<std::size_t>(i)] = random.unit();
    const auto knot = [&](int x, int y) { return lattice[static_cast<std::size_t>((y % cells) * cells + x % cells)]; };
    const auto eased = [](float t) { return t * t * (3.0f - 2.0f * t); };
    for (int y = 0; y < kSide; ++y) {
      for (int x = 0; x < kSide; ++x) {
        const int i = x / cell, j = y / cell;
        const float u = eased(static_cast<float>(x % cell) / static_cast<float>(cell));
        const float v = eased(static_cast<float>(y % cell) / static_cast<float>(cell));
        const float top = knot(i, j) + (knot(i + 1, j) - knot(i, j)) * u;
        const float bottom = knot(i, j + 1) + (knot(i + 1, j + 1) - knot(i, j + 1)) * u;
        values_[static_cast<std::size_t>(y * kSide + x)] += weight * (top + (bottom - top) * v);
      }
    }
  }
  std::array<float, static_cast<std::size_t>(kSide) * kSide> values_{};
};

}  // namespace

float sceneNoise(float x, float y) {
  static const Table table;
  return table.at(static_cast<int>(std::floor(x * kFine)), static_cast<int>(std::floor(y * kFine)));
}

}  // namespace unitscope
