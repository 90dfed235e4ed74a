#include <cmath>
#include <string>
#include <utility>

#include "architectures/gans/generator_blocks.h"
#include "architectures/gans/generator_families.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr double kMappingRate = 0.01;

/// StyleGAN2 (Karras et al. 2020) as rosinality's stylegan2-pytorch writes it.
class Writer {
 public:
  Writer(GeneratorWeights& weights, GraphBuilder& b) : weights_(weights), b_(b) {}

  FeatureMap write();
  std::vector<std::string> notes;

 private:
  void mapping(std::int64_t layers);
  ValueId style(const std::string& name, std::int64_t index, std::int64_t channels);
  FeatureMap modulated(const std::string& name, const FeatureMap& x, std::int64_t index, std::int64_t kernel,
                       bool doubling);
  FeatureMap layer(const std::string& name, const FeatureMap& x, std::int64_t index, std::int64_t noise, bool doubling);
  FeatureMap toPicture(const std::string& name, const FeatureMap& x, std::int64_t index);

  GeneratorWeights& weights_;
  GraphBuilder& b_;
  ValueId wPlus_ = kNoValue;
  std::int64_t styleSize_ = 0;
};

void Writer::mapping(std::int64_t layers) {
  constexpr std::int64_t kMostDense = 64;
  styleSize_ = weights_.shapeOf("conv1.conv.modulation.weight", 2)[1];
  std::int64_t width = weights_.shapeOf("style.1.weight", 2)[1];
  ValueId x = b_.input("z", DType::Float32, Shape{-1, width});
  b_.setScope("style.0");
  x = rootMeanSquareNorm(b_, x);
  for (std::int64_t i = 1; i <= kMostDense; ++i) {
    const std::string name = "style." + std::to_string(i);
    if (!weights_.has(name + ".weight")) break;
    const std::int64_t out = weights_.shapeOf(name + ".weight", 2)[0];
    x = styleLinear(b_, name, x,
                    {weights_.take(name + ".weight", {out, width}), weights_.take(name + ".bias", {out}),
                     kMappingRate / std::sqrt(static_cast<double>(width)), kMappingRate});
    x = activate(b_, x, {});
    width = out;
  }
  if (width != styleSize_)
    throw Error("style", "the mapping gives " + std::to_string(width) + " numbers where styles have " +
                             std::to_string(styleSize_));
  b_.graph().renameValue(x, "w");
  TensorData mean;
  if (weights_.has("latent_avg"))
    mean = weights_.take("latent_avg", {styleSize_});
  else
    notes.emplace_back("the file holds no mean style (latent_avg), so that styles cannot be truncated");
  wPlus_ = truncatedStyles(b_, x, mean, layers);
}

ValueId Writer::style(const std::string& name, std::int64_t index, std::int64_t channels) {
  b_.setScope(name + ".modulation");
  const ValueId w = styleAt(b_, wPlus_, index);
  return styleLinear(
      b_, name + ".modulation", w,
      {weights_.take(name + ".modulation.weight", {channels, styleSize_}),
       weights_.take(name + ".modulation.bias", {channels}), 1.0 / std::sqrt(static_cast<double>(styleSize_))});
}

FeatureMap Writer::modulated(const std::string& name, const FeatureMap& x, std::int64_t index, std::int64_t kernel,
                             bool doubling) {
  const ValueId factors = style(name, index, x.channels);
  const std::int64_t out = weights_.shapeOf(name + ".weight", 5)[1];
  const TensorData weight = weights_.take(name + ".weight", {1, out, x.channels, kernel, kernel});
  b_.setScope(name);
  FeatureMap y = modulatedConv(b_,
                               {.weightName = name + ".weight",
                                .weight = reshaped(weight, {out, x.channels, kernel, kernel}),
                                .weightGain = 1.0 / std::sqrt(static_cast<double>(x.channels * kernel * kernel)),
                                .demodulate = kernel > 1,
                                .padding = doubling ? 0 : kernel / 2,
                                .transposed = doubling},
                               x, factors);
  if (!doubling) return y;
  b_.setScope(name + ".blur");
  y = resampleFir(b_, y, filterFrom(weights_.takeAny(name + ".blur.kernel", 2), name + ".blur.kernel"),
                  {.pads = {1, 1, 1, 1}});
  if (y.height != 2 * x.height || y.width != 2 * x.width)
    throw Error(name + ".blur.kernel", "leaves pictures of another size than twice that before");
  return y;
}

FeatureMap Writer::layer(const std::string& name, const FeatureMap& x, std::int64_t index, std::int64_t noise,
                         bool doubling) {
  FeatureMap y = modulated(name + ".conv", x, index, 3, doubling);
  b_.setScope(name);
  const std::string map = "noises.noise_" + std::to_string(noise);
  y.value = addNoise(b_, y, map, weights_.take(map, {1, 1, y.height, y.width}), name + ".noise.weight",
                     weights_.take(name + ".noise.weight", {1}));
  b_.setScope(name + ".activate");
  y.value = addChannelBias(b_, y, name + ".activate.bias", weights_.take(name + ".activate.bias", {y.channels}));
  y.value = activate(b_, y.value, {});
  return y;
}

FeatureMap Writer::toPicture(const std::string& name, const FeatureMap& x, std::int64_t index) {
  FeatureMap y = modulated(name + ".conv", x, index, 1, false);
  b_.setScope(name);
  y.value = addChannelBias(b_, y, name + ".bias", weights_.take(name + ".bias", {1, y.channels, 1, 1}));
  return y;
}

FeatureMap Writer::write() {
  const std::int64_t doublings = weights_.count("to_rgbs.", ".conv.weight", kMostBlocks - 1);
  mapping(2 * doublings + 2);
  const Shape first = weights_.shapeOf("input.input", 4);
  const std::int64_t width = first[1], side = first[2];
  constexpr std::int64_t kLargestStart = 64;
  if (side > kLargestStart) throw Error("input.input", "is larger than any published network's");
  b_.setScope("input");
  FeatureMap x{b_.parameter("input.input", weights_.take("input.input", {1, width, side, side})), width, side, side};
  x = layer("conv1", x, 0, 0, false);
  FeatureMap image = toPicture("to_rgb1", x, 1);
  for (std::int64_t i = 0; i < doublings; ++i) {
    x = layer("convs." + std::to_string(2 * i), x, 2 * i + 1, 2 * i + 1, true);
    x = layer("convs." + std::to_string(2 * i + 1), x, 2 * i + 2, 2 * i + 2, false);
    const std::string name = "to_rgbs." + std::to_string(i);
    const FeatureMap drawn = toPicture(name, x, 2 * i + 3);
    b_.setScope(name + ".upsample");
    const std::string kernel = name + ".upsample.kernel";
    const FeatureMap before =
        resampleFir(b_, image, filterFrom(weights_.takeAny(kernel, 2), kernel), {.up = 2, .pads = {2, 1, 2, 1}});
    if (before.height != drawn.height || before.width != drawn.width || before.channels != drawn.channels)
      throw Error(kernel, "leaves pictures of another size than the next one");
    image = drawn;
    b_.setScope(name);
    image.value = addOf(b_, drawn.value, before.value);
  }
  return image;
}

}  // namespace

BuiltGenerator buildRosinalityStyleGan2(GeneratorWeights& weights, const GeneratorHints&) {
  GraphBuilder b("stylegan2-rosinality");
  Writer writer(weights, b);
  const FeatureMap image = writer.write();
  weights.checkAllUsed();
  return {finishGenerator(b, image), std::move(writer.notes)};
}

}  // namespace unitscope
