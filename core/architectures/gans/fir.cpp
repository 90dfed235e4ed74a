#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "architectures/gans/style_blocks.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

using Ints = std::vector<std::int64_t>;

constexpr std::int64_t kMostTaps = 64;
/// A filter that is not separable is kept once a channel.
constexpr std::int64_t kMostSquareTaps = 24;
constexpr std::int64_t kLargestSide = 8192;

/// One pass of a filter: `rows` x `columns` taps with what is done along each axis.
struct Pass {
  std::int64_t rows = 1, columns = 1;
  std::vector<float> taps;
  std::array<std::int64_t, 2> up{1, 1}, down{1, 1};  // vertical, horizontal
  std::array<std::int64_t, 2> before{}, after{};     // padding
};

std::int64_t checkedSide(std::int64_t side) {
  if (side < 1 || side > kLargestSide)
    throw Error("a resampling filter", "it leaves pictures of an impossible size (" + std::to_string(side) + ")");
  return side;
}

ValueId padded(GraphBuilder& b, ValueId x, std::int64_t top, std::int64_t left, std::int64_t bottom,
               std::int64_t right) {
  if (top == 0 && left == 0 && bottom == 0 && right == 0) return x;
  return b.op("Pad", {x, b.constant({0, 0, top, left, 0, 0, bottom, right})});
}

/// Puts zeros behind each place. (A transposed convolution would do without them, and takes twice as long.)
FeatureMap stretch(GraphBuilder& b, const FeatureMap& x, const std::array<std::int64_t, 2>& up) {
  if (up[0] == 1 && up[1] == 1) return x;
  const std::int64_t height = checkedSide(x.height * up[0]), width = checkedSide(x.width * up[1]);
  ValueId y = b.op("Reshape", {x.value, b.constant({-1, x.channels, x.height, 1, x.width, 1})});
  y = b.op("Pad", {y, b.constant({0, 0, 0, 0, 0, 0, 0, 0, 0, up[0] - 1, 0, up[1] - 1})});
  return {b.op("Reshape", {y, b.constant({-1, x.channels, height, width})}), x.channels, height, width};
}

/// Sums over the taps at every `down`th place.
FeatureMap gather(GraphBuilder& b, const FeatureMap& x, const Pass& pass) {
  const std::int64_t height = checkedSide(x.height + pass.before[0] + pass.after[0] - pass.rows + 1);
  const std::int64_t width = checkedSide(x.width + pass.before[1] + pass.after[1] - pass.columns + 1);
  Ints pads{pass.before[0], pass.before[1], pass.after[0], pass.after[1]};
  ValueId y = x.value;
  if (std::ranges::any_of(pads, [](std::int64_t n) { return n < 0; })) {
    y = padded(b, y, pads[0], pads[1], pads[2], pads[3]);
    pads.assign(4, 0);
  }
  std::vector<float> mirrored(pass.taps.rbegin(), pass.taps.rend());  // Conv correlates
  std::vector<float> all;
  all.reserve(mirrored.size() * static_cast<std::size_t>(x.channels));
  for (std::int64_t c = 0; c < x.channels; ++c) all.insert(all.end(), mirrored.begin(), mirrored.end());
  y = b.op("Conv",
           {y, b.constant(TensorData::fromFloats({x.channels, 1, pass.rows, pass.columns}, std::move(all)), "filter")},
           {{"kernel_shape", Ints{pass.rows, pass.columns}},
            {"strides", Ints{pass.down[0], pass.down[1]}},
            {"pads", pads},
            {"group", x.channels}});
  return {y, x.channels, (height + pass.down[0] - 1) / pass.down[0], (width + pass.down[1] - 1) / pass.down[1]};
}

FeatureMap run(GraphBuilder& b, const FeatureMap& x, const Pass& pass) {
  return gather(b, stretch(b, x, pass.up), pass);
}

}  // namespace

Fir firFrom(const TensorData& data, const std::string& subject) {
  const Shape& shape = data.shape();
  if (shape.empty() || shape.size() > 2) throw Error(subject, "a filter of shape " + toString(shape) + " is not known");
  Fir fir;
  fir.rows = shape.size() == 1 ? 1 : shape[0];
  fir.columns = shape.back();
  const std::int64_t most = shape.size() == 1 ? kMostTaps : kMostSquareTaps;
  if (fir.rows < 1 || fir.columns < 1 || fir.rows > most || fir.columns > most)
    throw Error(subject, "a filter of shape " + toString(shape) + " is not supported");
  for (const double tap : data.toDoubles()) {
    if (!std::isfinite(tap)) throw Error(subject, "a filter holds a number that is not finite");
    fir.taps.push_back(static_cast<float>(tap));
  }
  return fir;
}

Fir normalisedFir(std::vector<float> taps) {
  const float sum = std::accumulate(taps.begin(), taps.end(), 0.0f);
  for (float& tap : taps) tap /= sum;
  return {1, static_cast<std::int64_t>(taps.size()), std::move(taps)};
}

FeatureMap resampleFir(GraphBuilder& b, const FeatureMap& x, const Fir& fir, const FirResampling& options) {
  const auto& [left, right, top, bottom] = options.pads;
  const auto tooFar = [](std::int64_t pad) { return pad < -kLargestSide || pad > kLargestSide; };
  if (options.up < 1 || options.down < 1 || options.up > 16 || options.down > 16 ||
      (options.up > 1 && options.down > 1) || std::ranges::any_of(options.pads, tooFar))
    throw Error("resampling",
                "by " + std::to_string(options.up) + "/" + std::to_string(options.down) + " is not supported");
  const bool separable = fir.rows == 1;
  Fir scaledFir = fir.empty() ? Fir{1, 1, {1.0f}} : fir;
  const double gain = separable || fir.empty() ? std::sqrt(options.gain) : options.gain;
  for (float& tap : scaledFir.taps) tap = static_cast<float>(tap * gain);
  Pass pass{1, 1, scaledFir.taps, {options.up, 1}, {options.down, 1}, {top, 0}, {bottom, 0}};
  if (!separable && !fir.empty()) {
    pass.rows = fir.rows;
    pass.columns = fir.columns;
    pass.up[1] = options.up;
    pass.down[1] = options.down;
    pass.before[1] = left;
    pass.after[1] = right;
    return run(b, x, pass);
  }
  pass.rows = scaledFir.columns;
  const FeatureMap tall = run(b, x, pass);
  return run(b, tall,
             {1, scaledFir.columns, scaledFir.taps, {1, options.up}, {1, options.down}, {0, left}, {0, right}});
}

FeatureMap upsampleFir(GraphBuilder& b, const FeatureMap& x, const Fir& fir) {
  const auto before = [](std::int64_t taps) { return (taps + 1) / 2; };
  const auto after = [](std::int64_t taps) { return taps < 2 ? -1 : (taps - 2) / 2; };
  const std::int64_t rows = fir.rows == 1 ? fir.columns : fir.rows;
  return resampleFir(
      b, x, fir,
      {.up = 2, .down = 1, .pads = {before(fir.columns), after(fir.columns), before(rows), after(rows)}, .gain = 4.0});
}

}  // namespace unitscope
