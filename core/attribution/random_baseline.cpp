#include "attribution/random_baseline.h"

#include <algorithm>
#include <cmath>

#include <ATen/CPUGeneratorImpl.h>

#include "attribution/gaussian_blur.h"

namespace unitscope {
namespace {

// Patches are between a quarter and a sixteenth of the shorter side: large enough to keep texture, small enough to
// break objects.
constexpr double kFewestPatches = 4.0;
constexpr double kMostPatches = 16.0;
// Standard deviations of blurs, as parts of the longer side.
constexpr double kSharpest = 1.0 / 64.0;
constexpr double kSoftest = 1.0 / 8.0;

double uniform(const at::Generator& generator) {
  return at::rand({1}, generator, at::TensorOptions(at::kDouble)).item<double>();
}

at::Tensor shuffledPatches(const at::Tensor& image, const at::Generator& generator) {
  const std::int64_t shorter = std::min(image.size(2), image.size(3));
  const double across = kFewestPatches + uniform(generator) * (kMostPatches - kFewestPatches);
  const std::int64_t side = std::max<std::int64_t>(1, std::llround(static_cast<double>(shorter) / across));
  const auto missing = [&](std::int64_t length) { return (side - length % side) % side; };
  // Reflected up to a whole number of patches, cut back at the end.
  const at::Tensor whole = at::reflection_pad2d(image, {0, missing(image.size(3)), 0, missing(image.size(2))});
  const std::int64_t rows = whole.size(2) / side, columns = whole.size(3) / side;
  const at::Tensor patches = whole.reshape({image.size(1), rows, side, columns, side})
                                 .permute({1, 3, 0, 2, 4})
                                 .reshape({rows * columns, image.size(1), side, side});
  const at::Tensor order = at::randperm(rows * columns, generator, at::TensorOptions(at::kLong)).to(image.device());
  return patches.index_select(0, order)
      .reshape({rows, columns, image.size(1), side, side})
      .permute({2, 0, 3, 1, 4})
      .reshape({1, image.size(1), rows * side, columns * side})
      .slice(2, 0, image.size(2))
      .slice(3, 0, image.size(3))
      .contiguous();
}

at::Tensor oneColour(const ScoreFunction& score, const at::Generator& generator) {
  const at::Tensor& image = score.image();
  const AttributionQuery& query = score.query();
  const at::Tensor place =
      at::rand({1, image.size(1), 1, 1}, generator, at::TensorOptions(at::kFloat)).to(image.device());
  const auto known = [&](const at::Tensor& colour) { return colour.defined() && colour.numel() == image.size(1); };
  const bool both = known(query.black) && known(query.white);
  const at::Tensor low = both ? query.black.to(image.device(), at::kFloat).reshape(place.sizes()) : image.min();
  const at::Tensor high = both ? query.white.to(image.device(), at::kFloat).reshape(place.sizes()) : image.max();
  return (low + place * (high - low)).expand_as(image).contiguous();
}

at::Tensor blurOfRandomWidth(const at::Tensor& image, const at::Generator& generator) {
  const double part = kSharpest * std::pow(kSoftest / kSharpest, uniform(generator));
  return gaussianBlur(image, std::max(0.5, part * static_cast<double>(std::max(image.size(2), image.size(3)))));
}

}  // namespace

ParameterSpec randomBaselinesParameter() {
  return {"baselines",
          "Baselines",
          "What the baselines are: the picture with its patches shuffled, one colour between black and white, blurs of "
          "random width, or these three in turn.",
          std::string("mixed"),
          0,
          0,
          {"mixed", "shuffled", "colour", "blur"}};
}

at::Tensor randomBaseline(const ScoreFunction& score, const std::string& kind, std::int64_t seed, std::int64_t index) {
  score.requirePicture("expected_gradients");
  const at::NoGradGuard noGradients;
  constexpr std::uint64_t kApart = 1'000'003;
  const at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(static_cast<std::uint64_t>(seed) * kApart +
                                                                           static_cast<std::uint64_t>(index));
  const bool mixed = kind == "mixed";
  if (kind == "shuffled" || (mixed && index % 3 == 0)) return shuffledPatches(score.image(), generator);
  if (kind == "colour" || (mixed && index % 3 == 1)) return oneColour(score, generator);
  return blurOfRandomWidth(score.image(), generator);
}

}  // namespace unitscope
