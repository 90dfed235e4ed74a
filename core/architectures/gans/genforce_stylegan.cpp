#include <cmath>
#include <string>
#include <utility>

#include "architectures/gans/generator_blocks.h"
#include "architectures/gans/generator_families.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

/// From this size on genforce upsamples and convolves in one step, as the original did ("fused_scale='auto'"); the file
/// does not say.
constexpr std::int64_t kFusedFrom = 128;
constexpr double kEpsilon = 1e-8;

/// The synthesis network of StyleGAN (Karras et al. 2019): styles scale and shift normalised feature maps.
class Writer {
 public:
  Writer(GeneratorWeights& weights, GraphBuilder& b) : weights_(weights), b_(b) {}

  FeatureMap write();
  std::vector<std::string> notes;

 private:
  FeatureMap convolved(const std::string& name, const FeatureMap& x, bool doubling);
  FeatureMap layer(std::int64_t index, const FeatureMap& x);
  ValueId styled(const std::string& name, const FeatureMap& x, std::int64_t index);
  /// The parameter times the gain of the equalised learning rate.
  ValueId weight(const std::string& name, TensorData data, double gain) {
    return scaled(b_, b_.parameter(name + ".weight", std::move(data)), gain);
  }

  GeneratorWeights& weights_;
  GraphBuilder& b_;
  ValueId wPlus_ = kNoValue;
  std::int64_t styleSize_ = 0;
};

FeatureMap Writer::convolved(const std::string& name, const FeatureMap& x, bool doubling) {
  const std::int64_t out = weights_.shapeOf(name + ".bias", 1)[0], in = x.channels;
  const double gain = std::sqrt(2.0 / static_cast<double>(in * 9));
  const TensorData data = weights_.take(name + ".weight", {out, in, 3, 3});
  if (!doubling) return plainConv(b_, x, weight(name, data, gain), out, 3);
  FeatureMap y = x;
  if (2 * x.height >= kFusedFrom) {
    y = fusedUpsampling(b_, x, weight(name, fusedKernel(data, true), gain), out);
  } else {
    b_.setScope(name + ".upsample");
    y = nearestTwice(b_, x);
    b_.setScope(name);
    y = plainConv(b_, y, weight(name, data, gain), out, 3);
  }
  b_.setScope(name + ".blur");
  const ValueId kernel = b_.constant(weights_.take(name + ".blur.kernel", {out, 1, 3, 3}), name + ".blur.kernel");
  y = plainConv(b_, y, kernel, out, 3, out);
  b_.setScope(name);
  return y;
}

ValueId Writer::styled(const std::string& name, const FeatureMap& x, std::int64_t index) {
  b_.setScope(name + ".normalize");
  const ValueId axes = b_.constant({2, 3});
  const ValueId centred = b_.op("Sub", {x.value, b_.op("ReduceMean", {x.value, axes})});
  const ValueId variance = b_.op("ReduceMean", {mulOf(b_, centred, centred), axes});
  const ValueId normal = mulOf(b_, centred, inverseRoot(b_, variance, kEpsilon));

  b_.setScope(name + ".style");
  ValueId style = styleAt(b_, wPlus_, index);
  style = styleLinear(
      b_, name + ".style", style,
      {weights_.take(name + ".style.weight", {2 * x.channels, styleSize_}),
       weights_.take(name + ".style.bias", {2 * x.channels}), 1.0 / std::sqrt(static_cast<double>(styleSize_))});
  b_.setScope(name);
  style = b_.op("Reshape", {style, b_.constant({-1, 2, x.channels, 1, 1})});
  const auto part = [&](std::int64_t i) {
    return b_.op("Gather", {style, b_.scalarInt(i)}, {{"axis", std::int64_t{1}}});
  };
  const ValueId factor = addOf(b_, part(0), b_.scalarFloat(1.0f));
  return addOf(b_, mulOf(b_, normal, factor), part(1));
}

FeatureMap Writer::layer(std::int64_t index, const FeatureMap& x) {
  const std::string name = "synthesis.layer" + std::to_string(index);
  b_.setScope(name);
  FeatureMap y = x;
  if (index == 0) {
    y.channels = weights_.shapeOf(name + ".const", 4)[1];
    y.height = y.width = kFirstSide;
    y.value = b_.parameter(name + ".const", weights_.take(name + ".const", {1, y.channels, kFirstSide, kFirstSide}));
  } else {
    y = convolved(name, x, index % 2 == 0);
  }
  const std::string noise = name + ".apply_noise";
  y.value = addNoise(b_, y, noise + ".noise", weights_.take(noise + ".noise", {1, 1, y.height, y.width}),
                     noise + ".weight", weights_.take(noise + ".weight", {y.channels}));
  y.value = addChannelBias(b_, y, name + ".bias", weights_.take(name + ".bias", {y.channels}));
  y.value = activate(b_, y.value, {.slope = 0.2, .gain = 1.0});
  y.value = styled(name, y, index);
  return y;
}

FeatureMap Writer::write() {
  if (weights_.has("synthesis.lod")) {
    const double lod = weights_.take("synthesis.lod", {}).toDoubles().front();
    if (lod != 0.0) throw Error("synthesis.lod", "is not 0: the network was saved while it was still growing");
  }
  styleSize_ = weights_.shapeOf("synthesis.layer0.style.weight", 2)[1];
  std::int64_t blocks = 0;
  while (blocks < kMostBlocks && weights_.has("synthesis.layer" + std::to_string(2 * blocks) + ".bias")) ++blocks;
  wPlus_ = genforceStyles(b_, weights_, {.weightGain = std::sqrt(2.0)}, 2 * blocks, styleSize_);
  FeatureMap x;
  for (std::int64_t i = 0; i < 2 * blocks; ++i) x = layer(i, x);

  for (std::int64_t i = 0; i + 1 < blocks; ++i)  // they drew the smaller pictures of earlier training
    for (const char* part : {".weight", ".bias"}) weights_.leaveAside("synthesis.output" + std::to_string(i) + part);
  const std::string name = "synthesis.output" + std::to_string(blocks - 1);
  const std::int64_t colours = weights_.shapeOf(name + ".bias", 1)[0];
  b_.setScope(name);
  const double gain = 1.0 / std::sqrt(static_cast<double>(x.channels));
  FeatureMap image =
      plainConv(b_, x, weight(name, weights_.take(name + ".weight", {colours, x.channels, 1, 1}), gain), colours, 1);
  image.value = addChannelBias(b_, image, name + ".bias", weights_.take(name + ".bias", {colours}));
  if (image.height >= kFusedFrom)
    notes.push_back("from " + std::to_string(kFusedFrom) +
                    " pixels on, upsampling and convolution are taken as one step, as published");
  return image;
}

}  // namespace

BuiltGenerator buildGenforceStyleGan(GeneratorWeights& weights, const GeneratorHints&) {
  GraphBuilder b("stylegan-genforce");
  Writer writer(weights, b);
  const FeatureMap image = writer.write();
  weights.checkAllUsed();
  return {finishGenerator(b, image), std::move(writer.notes)};
}

}  // namespace unitscope
