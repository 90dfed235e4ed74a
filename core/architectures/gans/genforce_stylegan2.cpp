#include <cmath>
#include <string>
#include <utility>

#include "architectures/gans/generator_blocks.h"
#include "architectures/gans/generator_families.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

/// The synthesis network of StyleGAN2 (Karras et al. 2020) as genforce writes it, with skip connections between the
/// pictures or without ("origin").
class Writer {
 public:
  Writer(GeneratorWeights& weights, GraphBuilder& b) : weights_(weights), b_(b) {}

  FeatureMap write();

 private:
  ValueId style(const std::string& name, std::int64_t index, std::int64_t channels);
  FeatureMap layer(std::int64_t index, const FeatureMap& x);
  FeatureMap toPicture(std::int64_t block, const FeatureMap& x);

  GeneratorWeights& weights_;
  GraphBuilder& b_;
  ValueId wPlus_ = kNoValue;
  std::int64_t styleSize_ = 0;
};

/// A factor for each channel that the layer reads: 1 where the affine map gives 0.
ValueId Writer::style(const std::string& name, std::int64_t index, std::int64_t channels) {
  b_.setScope(name + ".style");
  const ValueId w = styleAt(b_, wPlus_, index);
  const ValueId y =
      styleLinear(b_, name + ".style", w,
                  {weights_.take(name + ".style.weight", {channels, styleSize_}),
                   weights_.take(name + ".style.bias", {channels}), 1.0 / std::sqrt(static_cast<double>(styleSize_))});
  return addOf(b_, y, b_.scalarFloat(1.0f));
}

FeatureMap Writer::layer(std::int64_t index, const FeatureMap& x) {
  const std::string name = "synthesis.layer" + std::to_string(index);
  const bool doubling = index % 2 == 1;
  const std::int64_t out = weights_.shapeOf(name + ".bias", 1)[0];
  const ValueId factors = style(name, index, x.channels);
  b_.setScope(name);
  TensorData weight = weights_.take(name + ".weight", {out, x.channels, 3, 3});
  // genforce turns the kernel before the transposed convolution, which turns it once more.
  if (doubling) weight = turned(weight);
  FeatureMap y = modulatedConv(b_,
                               {.weightName = name + ".weight",
                                .weight = std::move(weight),
                                .weightGain = 1.0 / std::sqrt(static_cast<double>(x.channels * 9)),
                                .padding = doubling ? 0 : 1,
                                .transposed = doubling},
                               x, factors);
  if (doubling) {
    b_.setScope(name + ".filter");
    const std::string kernel = name + ".filter.kernel";
    y = resampleFir(b_, y, filterFrom(weights_.takeAny(kernel, 4), kernel), {.pads = {1, 1, 1, 1}});
    b_.setScope(name);
  }
  if (y.height != kFirstSide << ((index + 1) / 2) || y.width != y.height)
    throw Error(name + ".filter.kernel", "leaves pictures of another size than twice that before");
  y.value = addNoise(b_, y, name + ".noise", weights_.take(name + ".noise", {1, 1, y.height, y.width}),
                     name + ".noise_strength", weights_.take(name + ".noise_strength", {}));
  y.value = addChannelBias(b_, y, name + ".bias", weights_.take(name + ".bias", {out}));
  y.value = activate(b_, y.value, {});
  return y;
}

FeatureMap Writer::toPicture(std::int64_t block, const FeatureMap& x) {
  const std::string name = "synthesis.output" + std::to_string(block);
  const std::int64_t colours = weights_.shapeOf(name + ".bias", 1)[0];
  const ValueId factors = style(name, 2 * block + 1, x.channels);
  b_.setScope(name);
  FeatureMap y = modulatedConv(b_,
                               {.weightName = name + ".weight",
                                .weight = weights_.take(name + ".weight", {colours, x.channels, 1, 1}),
                                .weightGain = 1.0 / std::sqrt(static_cast<double>(x.channels)),
                                .demodulate = false},
                               x, factors);
  y.value = addChannelBias(b_, y, name + ".bias", weights_.take(name + ".bias", {colours}));
  return y;
}

FeatureMap Writer::write() {
  const std::string start = "synthesis.early_layer.const";
  const std::int64_t width = weights_.shapeOf(start, 4)[1];
  styleSize_ = weights_.shapeOf("synthesis.layer0.style.weight", 2)[1];
  std::int64_t blocks = 0;
  while (blocks < kMostBlocks && weights_.has("synthesis.layer" + std::to_string(2 * blocks) + ".weight")) ++blocks;
  wPlus_ = genforceStyles(b_, weights_, {.gain = std::sqrt(2.0)}, 2 * blocks, styleSize_);
  b_.setScope("synthesis.early_layer");
  FeatureMap x{b_.parameter(start, weights_.take(start, {1, width, kFirstSide, kFirstSide})), width, kFirstSide,
               kFirstSide};
  const bool skips = weights_.has("synthesis.output0.weight");
  Fir filter;
  if (skips && blocks > 1)
    filter = filterFrom(weights_.takeAny("synthesis.upsample.kernel", 4), "synthesis.upsample.kernel");
  FeatureMap image;
  for (std::int64_t block = 0; block < blocks; ++block) {
    if (block > 0) x = layer(2 * block - 1, x);
    x = layer(2 * block, x);
    if (!skips && block + 1 < blocks) continue;
    const FeatureMap drawn = toPicture(block, x);
    if (image.value == kNoValue) {
      image = drawn;
      continue;
    }
    b_.setScope("synthesis.upsample" + std::to_string(block));
    const FeatureMap before = resampleFir(b_, image, filter, {.up = 2, .pads = {2, 1, 2, 1}});
    if (before.height != drawn.height || before.width != drawn.width || before.channels != drawn.channels)
      throw Error("synthesis.upsample.kernel", "leaves pictures of another size than the next one");
    b_.setScope("synthesis.picture" + std::to_string(block));
    image.value = addOf(b_, drawn.value, before.value);
    image.height = drawn.height;
    image.width = drawn.width;
  }
  return image;
}

}  // namespace

BuiltGenerator buildGenforceStyleGan2(GeneratorWeights& weights, const GeneratorHints&) {
  GraphBuilder b("stylegan2-genforce");
  const FeatureMap image = Writer(weights, b).write();
  weights.checkAllUsed();
  return {finishGenerator(b, image), {}};
}

}  // namespace unitscope
