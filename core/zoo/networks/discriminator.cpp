#include <cmath>
#include <string>

#include "runtime/error.h"
#include "zoo/networks/networks.h"

namespace unitscope {
namespace {

using Ints = std::vector<std::int64_t>;

/// How much the pictures of a batch differ, as one more channel (Karras et al. 2018, over the whole batch).
ValueId withBatchDeviation(NetBuilder& b, ValueId x) {
  GraphBuilder& g = b.graph();
  g.setScope("pixel.deviation");
  const ValueId mean = g.op("ReduceMean", {x, g.constant({0})}, {{"keepdims", std::int64_t{1}}});
  const ValueId centred = g.op("Sub", {x, mean});
  ValueId d = g.op("ReduceMean", {b.mul(centred, centred), g.constant({0})}, {{"keepdims", std::int64_t{1}}});
  d = g.op("Sqrt", {b.add(d, g.scalarFloat(1e-8f))});
  d = g.op("ReduceMean", {d, g.constant({1, 2, 3})}, {{"keepdims", std::int64_t{1}}});
  const ValueId one = g.op("Slice", {x, g.constant({0}), g.constant({1}), g.constant({1})});
  return g.op("Concat", {x, g.op("Expand", {d, g.op("Shape", {one})})}, {{"axis", std::int64_t{1}}});
}

ValueId eyeOnPicture(NetBuilder& b, const DiscriminatorShape& shape, ValueId image) {
  int width = shape.widths.front(), side = shape.side / 2;
  b.graph().setScope("pixel.squares");
  ValueId x = b.graph().op("SpaceToDepth", {image}, {{"blocksize", std::int64_t{2}}});
  x = b.leakyRelu(b.conv("pixel.first", x, 4 * shape.channels, width, 3));
  for (std::size_t i = 0; i + 1 < shape.widths.size(); ++i, side /= 2) {
    const std::string name = "pixel." + std::to_string(side);
    x = b.leakyRelu(b.conv(name + ".conv0", x, width, width, 3));
    x = b.leakyRelu(b.conv(name + ".conv1", x, width, shape.widths[i + 1], 3));
    x = b.averagePool(x);
    width = shape.widths[i + 1];
  }
  x = withBatchDeviation(b, x);
  x = b.leakyRelu(b.conv("pixel.last", x, width + 1, width, 3));
  b.graph().setScope("pixel.flatten");
  x = b.graph().op("Flatten", {x}, {{"axis", std::int64_t{1}}});
  x = b.leakyRelu(b.linear("pixel.fc", x, width * side * side, width, {.gain = std::sqrt(2.0)}));
  return b.linear("pixel.logit", x, width, 1);
}

/// Judges one mixed feature map place by place, on a grid of about 4 x 4.
ValueId head(NetBuilder& b, const std::string& name, ValueId x, int channels, int side) {
  int width = channels, depth = 0;
  while (side > 4) {
    const int wider = side > 8 ? channels : 2 * channels;
    x = b.leakyRelu(b.conv(name + ".conv" + std::to_string(depth++), x, width, wider, 3, {.stride = 2}));
    width = wider;
    side = (side + 1) / 2;
  }
  x = b.leakyRelu(b.conv(name + ".conv" + std::to_string(depth), x, width, width, 3));
  x = b.conv(name + ".logit", x, width, 1, 1, {.gain = 1.0});
  return b.graph().op("Flatten", {x}, {{"axis", std::int64_t{1}}});
}

ValueId eyesOnFeatures(NetBuilder& b, const DiscriminatorShape& shape, const std::vector<ValueId>& features) {
  GraphBuilder& g = b.graph();
  const int last = static_cast<int>(features.size()) - 1;
  std::vector<ValueId> mixed(features.size());
  for (int i = last; i >= 0; --i) {
    const std::string name = "mix" + std::to_string(i);
    const int channels = shape.featureChannels[static_cast<std::size_t>(i)];
    g.setScope(name);
    // Fixed: the projection must not learn to look away.
    ValueId x = g.op("Conv", {features[static_cast<std::size_t>(i)],
                              b.normalConstant(name + ".across", {shape.mixed, channels, 1, 1},
                                               1.0 / std::sqrt(static_cast<double>(channels)))});
    if (i < last) {
      x = b.add(x, b.upsample(mixed[static_cast<std::size_t>(i + 1)]));
      const double deviation = 1.0 / std::sqrt(18.0 * shape.mixed);
      x = g.op("Conv", {x, b.normalConstant(name + ".scales", {shape.mixed, shape.mixed, 3, 3}, deviation)},
               {{"kernel_shape", Ints{3, 3}}, {"pads", Ints{1, 1, 1, 1}}});
    }
    mixed[static_cast<std::size_t>(i)] = x;
  }
  std::vector<ValueId> logits;
  int side = shape.featureSide;
  for (int i = 0; i <= last; ++i, side = (side + 1) / 2)
    logits.push_back(head(b, "head" + std::to_string(i), mixed[static_cast<std::size_t>(i)], shape.mixed, side));
  g.setScope("heads");
  return g.op("Concat", logits, {{"axis", std::int64_t{1}}});
}

}  // namespace

Network makeDiscriminator(const DiscriminatorShape& shape, const NetOptions& options) {
  if (shape.widths.size() < 2 || shape.featureChannels.empty())
    throw Error("discriminator", "needs at least two widths and one feature map");
  NetBuilder b("discriminator", options);
  b.equaliseRates();
  const ValueId image = b.graph().input("image", DType::Float32, Shape{-1, shape.channels, shape.side, shape.side});
  std::vector<ValueId> features;
  int side = shape.featureSide;
  for (std::size_t i = 0; i < shape.featureChannels.size(); ++i, side = (side + 1) / 2)
    features.push_back(b.graph().input("feature." + std::to_string(i), DType::Float32,
                                       Shape{-1, shape.featureChannels[i], side, side}));
  b.graph().output(eyeOnPicture(b, shape, image), "pixel");
  b.graph().output(eyesOnFeatures(b, shape, features), "heads");
  return {b.graph().take(), b.rates()};
}

}  // namespace unitscope
