#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "architectures/gans/generator_blocks.h"
#include "architectures/gans/generator_families.h"
#include "architectures/gans/spectral_norm.h"
#include "architectures/gans/truncation_statistics.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

using Ints = std::vector<std::int64_t>;

constexpr std::int64_t kMostLayers = 64;
constexpr std::int64_t kLargestSide = 2048;
constexpr std::int64_t kMostStatistics = 10'000;
constexpr double kUsualEpsilon = 1e-4;

/// BigGAN-deep (Brock et al. 2019, appendix B) as Hugging Face's pytorch-pretrained-BigGAN writes it.
class Writer {
 public:
  Writer(GeneratorWeights& weights, const GeneratorHints& hints, GraphBuilder& b)
      : weights_(weights), hints_(hints), b_(b) {}

  FeatureMap write();
  std::vector<std::string> notes;

 private:
  FeatureMap conv(const std::string& name, const FeatureMap& x, std::int64_t out, std::int64_t kernel, bool bias);
  /// A batch norm, whose scale and offset the condition gives or which has its own, and the ReLU after it.
  FeatureMap normalised(const std::string& name, const FeatureMap& x, bool conditional);
  FeatureMap block(const std::string& name, const FeatureMap& x, bool doubling);
  FeatureMap attention(const std::string& name, const FeatureMap& x);
  bool doubles(std::size_t block) const;
  std::int64_t widthOf(const std::string& conv) const { return weights_.shapeOf(conv + ".bias", 1)[0]; }

  GeneratorWeights& weights_;
  const GeneratorHints& hints_;
  GraphBuilder& b_;
  ValueId condition_ = kNoValue;
  std::int64_t conditionSize_ = 0, rows_ = 0;
  std::optional<TruncationStatistics> statistics_;
};

FeatureMap Writer::conv(const std::string& name, const FeatureMap& x, std::int64_t out, std::int64_t kernel,
                        bool bias) {
  b_.setScope(name);
  std::vector<ValueId> inputs{
      x.value, b_.parameter(name + ".weight", spectralWeight(weights_, name, {out, x.channels, kernel, kernel}))};
  if (bias) inputs.push_back(b_.parameter(name + ".bias", weights_.take(name + ".bias", {out})));
  const ValueId y =
      b_.op("Conv", std::move(inputs), {{"kernel_shape", Ints{kernel, kernel}}, {"pads", Ints(4, kernel / 2)}});
  return {y, out, x.height, x.width};
}

FeatureMap Writer::normalised(const std::string& name, const FeatureMap& x, bool conditional) {
  const std::int64_t n = x.channels;
  const auto fromCondition = [&](const std::string& part) {
    return styleLinear(b_, part, condition_, {spectralWeight(weights_, part, {n, conditionSize_}), {}});
  };
  ValueId scale = kNoValue, offset = kNoValue;
  if (conditional) {
    scale = addOf(b_, fromCondition(name + ".scale"), b_.scalarFloat(1.0f));
    offset = fromCondition(name + ".offset");
  }
  b_.setScope(name);
  if (!conditional) {
    scale = b_.parameter(name + ".weight", weights_.take(name + ".weight", {n}));
    offset = b_.parameter(name + ".bias", weights_.take(name + ".bias", {n}));
  }
  const auto statistic = [&](const char* part) {
    return statistics_->rowOf(b_, b_.parameter(name + part, weights_.take(name + part, {rows_, n})));
  };
  const ValueId mean = statistic(".running_means"), variance = statistic(".running_vars");
  const ValueId factor = mulOf(b_, scale, inverseRoot(b_, variance, hints_.epsilon.value_or(kUsualEpsilon)));
  const ValueId shift = b_.op("Sub", {offset, mulOf(b_, mean, factor)});
  FeatureMap y = x;
  y.value = addOf(b_, mulOf(b_, x.value, perPlace(b_, factor, n)), perPlace(b_, shift, n));
  b_.setScope(name + ".relu");
  y.value = b_.op("Relu", {y.value});
  return y;
}

FeatureMap Writer::block(const std::string& name, const FeatureMap& x, bool doubling) {
  const std::int64_t middle = widthOf(name + ".conv_0"), out = widthOf(name + ".conv_3");
  FeatureMap y = conv(name + ".conv_0", normalised(name + ".bn_0", x, true), middle, 1, true);
  y = normalised(name + ".bn_1", y, true);
  b_.setScope(name + ".upsample");
  if (doubling) y = nearestTwice(b_, y);
  y = conv(name + ".conv_1", y, middle, 3, true);
  y = conv(name + ".conv_2", normalised(name + ".bn_2", y, true), middle, 3, true);
  y = conv(name + ".conv_3", normalised(name + ".bn_3", y, true), out, 1, true);
  FeatureMap shortcut = x;
  b_.setScope(name + ".shortcut");
  if (out != x.channels) {
    if (2 * out != x.channels && 2 * out != x.channels - 1)
      throw Error(name + ".conv_3.bias", "a block that changes the channels must halve them");
    shortcut.value = b_.op("Slice", {x.value, b_.constant({0}), b_.constant({out}), b_.constant({1})});
    shortcut.channels = out;
  }
  if (doubling) shortcut = nearestTwice(b_, shortcut);
  b_.setScope(name);
  y.value = addOf(b_, y.value, shortcut.value);
  return y;
}

/// Self-attention (Zhang et al. 2019): each place asks every second one.
FeatureMap Writer::attention(const std::string& name, const FeatureMap& x) {
  const std::int64_t n = x.channels, keys = n / 8, values = n / 2;
  const std::int64_t places = x.height * x.width, asked = (x.height / 2) * (x.width / 2);
  if (keys < 1) throw Error(name + ".snconv1x1_theta.weight_orig", "attention needs at least 8 channels");
  const auto halved = [&](const char* part, std::int64_t width) {
    const FeatureMap y = conv(name + part, x, width, 1, false);
    b_.setScope(name + ".maxpool");
    const ValueId pooled = b_.op("MaxPool", {y.value}, {{"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}});
    return b_.op("Reshape", {pooled, b_.constant({-1, width, asked})});
  };
  const auto swapped = [&](ValueId y) { return b_.op("Transpose", {y}, {{"perm", Ints{0, 2, 1}}}); };
  const FeatureMap theta = conv(name + ".snconv1x1_theta", x, keys, 1, false);
  const ValueId phi = halved(".snconv1x1_phi", keys);
  b_.setScope(name + ".softmax");
  ValueId map = swapped(b_.op("Reshape", {theta.value, b_.constant({-1, keys, places})}));
  map = b_.op("Softmax", {b_.op("MatMul", {map, phi})}, {{"axis", std::int64_t{-1}}});
  const ValueId g = halved(".snconv1x1_g", values);
  b_.setScope(name);
  FeatureMap found{b_.op("MatMul", {g, swapped(map)}), values, x.height, x.width};
  found.value = b_.op("Reshape", {found.value, b_.constant({-1, values, x.height, x.width})});
  found = conv(name + ".snconv1x1_o_conv", found, n, 1, false);
  b_.setScope(name);
  const ValueId gamma = b_.parameter(name + ".gamma", weights_.take(name + ".gamma", {1}));
  found.value = addOf(b_, x.value, mulOf(b_, found.value, gamma));
  return found;
}

bool Writer::doubles(std::size_t block) const {
  return hints_.doubling.empty() ? block % 2 == 1 : hints_.doubling[block];
}

FeatureMap Writer::write() {
  const Shape embedding = weights_.shapeOf("embeddings.weight", 2);
  const std::string first = "generator.gen_z";
  const bool plain = !weights_.has(first + ".weight_orig");
  conditionSize_ = weights_.shapeOf(first + (plain ? ".weight" : ".weight_orig"), 2)[1];
  const std::int64_t latent = conditionSize_ - embedding[0];
  if (latent < 1) throw Error("embeddings.weight", "leaves no place for a latent in " + first);
  rows_ = weights_.shapeOf("generator.bn.running_means", 2)[0];
  if (rows_ < 2 || rows_ > kMostStatistics)
    throw Error("generator.bn.running_means",
                "holds statistics for " + std::to_string(rows_) + " truncations, where 51 are usual");
  const ValueId z = b_.input("z", DType::Float32, Shape{-1, latent});
  const ValueId given = b_.input("class", DType::Float32, Shape{-1, embedding[1]});
  const ValueId embedded = styleLinear(b_, "embeddings", given, {weights_.take("embeddings.weight", embedding), {}});
  b_.setScope("condition");
  condition_ = b_.op("Concat", {z, embedded}, {{"axis", std::int64_t{1}}});
  statistics_.emplace(b_, rows_);

  const std::int64_t sums = widthOf(first);
  const std::int64_t width = sums / (kFirstSide * kFirstSide);
  if (width < 1 || sums != width * kFirstSide * kFirstSide)
    throw Error(first + ".bias", "is no picture of 4 x 4 places");
  ValueId start =
      styleLinear(b_, first, condition_,
                  {spectralWeight(weights_, first, {sums, conditionSize_}), weights_.take(first + ".bias", {sums})});
  // TensorFlow's order, from which the published weights come: channels last.
  start = b_.op("Reshape", {start, b_.constant({-1, kFirstSide, kFirstSide, width})});
  FeatureMap x{b_.op("Transpose", {start}, {{"perm", Ints{0, 3, 1, 2}}}), width, kFirstSide, kFirstSide};
  std::size_t blocks = 0;
  for (std::int64_t i = 0; i < kMostLayers; ++i) {
    const std::string name = "generator.layers." + std::to_string(i);
    if (weights_.has(name + ".gamma")) {
      x = attention(name, x);
      continue;
    }
    if (!weights_.has(name + ".conv_0.bias")) break;
    if (!hints_.doubling.empty() && blocks >= hints_.doubling.size())
      throw Error(name, "is more than config.json tells of");
    x = block(name, x, doubles(blocks++));
    if (x.height > kLargestSide) throw Error(name, "draws pictures larger than any published network's");
  }
  if (!hints_.doubling.empty() && blocks != hints_.doubling.size())
    throw Error("generator.layers", "holds " + std::to_string(blocks) + " blocks where config.json tells of " +
                                        std::to_string(hints_.doubling.size()));
  if (hints_.doubling.empty())
    notes.emplace_back("there is no config.json beside the file: every second block is taken to double the size");
  x = normalised("generator.bn", x, false);
  const std::string last = "generator.conv_to_rgb";
  FeatureMap image = conv(last, x, widthOf(last), 3, true);
  // The last convolution has more channels than colours; the others are never looked at.
  constexpr std::int64_t kColours = 3;
  if (image.channels < kColours) throw Error(last + ".bias", "a picture has three channels");
  b_.setScope("generator.tanh");
  image.value = b_.op("Slice", {image.value, b_.constant({0}), b_.constant({kColours}), b_.constant({1})});
  image.value = b_.op("Tanh", {image.value});
  image.channels = kColours;
  return image;
}

}  // namespace

BuiltGenerator buildBigGanDeep(GeneratorWeights& weights, const GeneratorHints& hints) {
  GraphBuilder b("biggan-deep");
  Writer writer(weights, hints, b);
  const FeatureMap image = writer.write();
  weights.checkAllUsed();
  return {finishGenerator(b, image), std::move(writer.notes)};
}

}  // namespace unitscope
