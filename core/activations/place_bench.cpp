#include "activations/place_bench.h"

#include <algorithm>
#include <memory>
#include <random>
#include <utility>

#include "activations/place_maps.h"

namespace unitscope {
namespace {

constexpr std::int64_t kSide = 27;
constexpr std::int64_t kUnits = 256;
constexpr int kPictures = 3;

std::function<void()> followingTheMouse() {
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  std::vector<Array> pictures(kPictures);
  for (Array& picture : pictures) {
    picture.shape = {kUnits, kSide, kSide};
    picture.values.resize(static_cast<std::size_t>(kUnits * kSide * kSide));
    for (float& value : picture.values) value = std::max(0.0F, normal(random));
  }
  auto places = std::make_shared<PlaceMaps>(std::move(pictures));
  return [places, move = std::int64_t{0}]() mutable {
    const std::int64_t y = move / kSide % kSide;
    const std::int64_t x = move++ % kSide;
    static_cast<void>(places->similarity(0, y, x));
    static_cast<void>(places->topUnits(0, y, x, 10));
  };
}

}  // namespace

std::vector<BenchRow> placeBenchRows() {
  return {{"places/3x27x27x256", kPictures, followingTheMouse}};
}

}  // namespace unitscope
