#include <cmath>
#include <string>
#include <utility>

#include "architectures/gans/generator_blocks.h"
#include "architectures/gans/generator_families.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

using Ints = std::vector<std::int64_t>;

/// PGGAN of Karras et al. 2018 as genforce writes it: each block normalises what it reads, place by place.
class Writer {
 public:
  Writer(GeneratorWeights& weights, GraphBuilder& b) : weights_(weights), b_(b) {}

  FeatureMap write();
  std::vector<std::string> notes;

 private:
  /// Pixel norm, and the gain of the equalised learning rate with it, which costs nothing here.
  ValueId normalised(const std::string& name, const FeatureMap& x, double gain);
  FeatureMap layer(std::int64_t index, const FeatureMap& x, bool doubling);
  bool fusesUpsampling(std::int64_t blocks) const;
  std::string nameOf(std::int64_t index) const { return "layer" + std::to_string(index); }

  GeneratorWeights& weights_;
  GraphBuilder& b_;
  bool fused_ = false;
};

ValueId Writer::normalised(const std::string& name, const FeatureMap& x, double gain) {
  constexpr double kEpsilon = 1e-8;
  b_.setScope(name + ".pixel_norm");
  const ValueId mean = b_.op("ReduceMean", {mulOf(b_, x.value, x.value), b_.constant({1})});
  return mulOf(b_, x.value, scaled(b_, inverseRoot(b_, mean, kEpsilon), gain));
}

/// Weights of fused layers are [in,out,3,3], which shows where a layer changes the number of channels.
bool Writer::fusesUpsampling(std::int64_t blocks) const {
  for (std::int64_t i = 1; i < blocks; ++i) {
    const std::int64_t in = weights_.shapeOf(nameOf(2 * i - 1) + ".bias", 1)[0];
    const std::int64_t out = weights_.shapeOf(nameOf(2 * i) + ".bias", 1)[0];
    if (in != out) return weights_.shapeOf(nameOf(2 * i) + ".weight", 4)[0] == in;
  }
  return false;
}

FeatureMap Writer::layer(std::int64_t index, const FeatureMap& x, bool doubling) {
  const std::string name = nameOf(index);
  const std::int64_t out = weights_.shapeOf(name + ".bias", 1)[0], in = x.channels;
  const std::int64_t kernel = index == 0 ? kFirstSide : 3;
  const double gain = std::sqrt(2.0 / static_cast<double>(in * kernel * kernel));
  FeatureMap y = x;
  y.value = normalised(name, x, gain);
  const bool fused = doubling && fused_;
  if (doubling && !fused) {
    b_.setScope(name + ".upsample");
    y = nearestTwice(b_, y);
  }
  b_.setScope(name);
  TensorData weight = weights_.take(name + ".weight", fused ? Shape{in, out, 3, 3} : Shape{out, in, kernel, kernel});
  if (fused) weight = fusedKernel(weight, false);
  const ValueId parameter = b_.parameter(name + ".weight", std::move(weight));
  const ValueId bias = b_.parameter(name + ".bias", weights_.take(name + ".bias", {out}));
  // The first layer sees a picture of one place, from which it makes one of its kernel's size.
  const std::int64_t pad = index == 0 ? kernel - 1 : 1;
  const std::int64_t size = fused ? 4 : kernel;
  y.value =
      b_.op(fused ? "ConvTranspose" : "Conv", {y.value, parameter, bias},
            {{"kernel_shape", Ints{size, size}}, {"pads", Ints(4, pad)}, {"strides", fused ? Ints{2, 2} : Ints{1, 1}}});
  y.channels = out;
  if (index == 0) y.height = y.width = kernel;
  if (fused) {
    y.height *= 2;
    y.width *= 2;
  }
  y.value = activate(b_, y.value, {.slope = 0.2, .gain = 1.0});
  return y;
}

FeatureMap Writer::write() {
  if (weights_.has("lod")) {
    const double lod = weights_.take("lod", {}).toDoubles().front();
    if (lod != 0.0) throw Error("lod", "is not 0: the network was saved while it was still growing");
  }
  const std::int64_t latent = weights_.shapeOf("layer0.weight", 4)[1];
  std::int64_t blocks = 0;
  while (blocks < kMostBlocks && weights_.has(nameOf(2 * blocks) + ".weight")) ++blocks;
  fused_ = fusesUpsampling(blocks);
  const ValueId z = b_.input("z", DType::Float32, Shape{-1, latent});
  b_.setScope("norm");
  ValueId start = scaled(b_, rootMeanSquareNorm(b_, z), std::sqrt(static_cast<double>(latent)));
  start = b_.op("Reshape", {start, b_.constant({-1, latent, 1, 1})});
  FeatureMap x{start, latent, 1, 1};
  for (std::int64_t i = 0; i < 2 * blocks; ++i) x = layer(i, x, i > 0 && i % 2 == 0);

  for (std::int64_t i = 0; i + 1 < blocks; ++i)  // they drew the smaller pictures of earlier training
    for (const char* part : {".weight", ".bias"}) weights_.leaveAside("output" + std::to_string(i) + part);
  const std::string name = "output" + std::to_string(blocks - 1);
  const std::int64_t colours = weights_.shapeOf(name + ".bias", 1)[0];
  FeatureMap image = x;
  image.channels = colours;
  image.value = normalised(name, x, 1.0 / std::sqrt(static_cast<double>(x.channels)));
  b_.setScope(name);
  const ValueId weight = b_.parameter(name + ".weight", weights_.take(name + ".weight", {colours, x.channels, 1, 1}));
  const ValueId bias = b_.parameter(name + ".bias", weights_.take(name + ".bias", {colours}));
  image.value = b_.op("Conv", {image.value, weight, bias}, {{"kernel_shape", Ints{1, 1}}});
  if (fused_) notes.emplace_back("upsampling and convolution are one step (fused scale)");
  return image;
}

}  // namespace

BuiltGenerator buildPggan(GeneratorWeights& weights, const GeneratorHints&) {
  GraphBuilder b("pggan-genforce");
  Writer writer(weights, b);
  const FeatureMap image = writer.write();
  weights.checkAllUsed();
  return {finishGenerator(b, image), std::move(writer.notes)};
}

}  // namespace unitscope
