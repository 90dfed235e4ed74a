#include <array>
#include <string>

#include "architectures/families.h"

namespace unitscope {
namespace {

ValueId basicConv(LayerBuilder& b, const std::string& name, ValueId x, std::int64_t in, std::int64_t out, int kernel,
                  const LayerBuilder::ConvOptions& options) {
  LayerBuilder::ConvOptions conv = options;
  conv.bias = false;
  constexpr double kEpsilon = 1e-3;
  x = b.batchNorm(name + ".bn", b.conv(name + ".conv", x, in, out, kernel, conv), out, kEpsilon);
  return b.relu(name, x);
}

/// Widths of the branches of an inception module (Szegedy et al. 2015, table 1). torchvision's third branch has a
/// 3x3 kernel where the paper has 5x5.
struct Inception {
  const char* name;
  std::int64_t one, reduce3, three, reduce5, five, pool;
  const char* poolBefore = nullptr;  ///< name of the max pooling in front of it
  int poolKernel = 0;
};
constexpr std::array<Inception, 9> kInceptions = {{
    {"inception3a", 64, 96, 128, 16, 32, 32},
    {"inception3b", 128, 128, 192, 32, 96, 64},
    {"inception4a", 192, 96, 208, 16, 48, 64, "maxpool3", 3},
    {"inception4b", 160, 112, 224, 24, 64, 64},
    {"inception4c", 128, 128, 256, 24, 64, 64},
    {"inception4d", 112, 144, 288, 32, 64, 64},
    {"inception4e", 256, 160, 320, 32, 128, 128},
    {"inception5a", 256, 160, 320, 32, 128, 128, "maxpool4", 2},
    {"inception5b", 384, 192, 384, 48, 128, 128},
}};

ValueId inception(LayerBuilder& b, const Inception& sizes, ValueId x, std::int64_t in) {
  const std::string name = sizes.name;
  const ValueId one = basicConv(b, name + ".branch1", x, in, sizes.one, 1, {});
  ValueId three = basicConv(b, name + ".branch2.0", x, in, sizes.reduce3, 1, {});
  three = basicConv(b, name + ".branch2.1", three, sizes.reduce3, sizes.three, 3, {.pad = 1});
  ValueId five = basicConv(b, name + ".branch3.0", x, in, sizes.reduce5, 1, {});
  five = basicConv(b, name + ".branch3.1", five, sizes.reduce5, sizes.five, 3, {.pad = 1});
  ValueId pooled = b.maxPool(name + ".branch4.0", x, 3, {.stride = 1, .pad = 1, .ceil = true});
  pooled = basicConv(b, name + ".branch4.1", pooled, in, sizes.pool, 1, {});
  return b.concat(name, {one, three, five, pooled});
}

/// The published weights come from a network that took values from -1 to 1; torchvision's forward() makes them from
/// pictures with ImageNet's mean and deviation taken out ("transform_input", which is on for them).
ValueId toUnitRange(LayerBuilder& b, ValueId x) {
  constexpr std::array<double, 3> kMean = {0.485, 0.456, 0.406};
  constexpr std::array<double, 3> kDeviation = {0.229, 0.224, 0.225};
  constexpr double kHalf = 0.5;
  GraphBuilder& g = b.graph();
  g.setScope("transform_input");
  std::vector<ValueId> channels = g.ops("Split", {x}, 3, {{"axis", std::int64_t{1}}, {"num_outputs", std::int64_t{3}}});
  for (std::size_t c = 0; c < channels.size(); ++c) {
    channels[c] = g.op("Mul", {channels[c], g.scalarFloat(static_cast<float>(kDeviation[c] / kHalf))});
    channels[c] = g.op("Add", {channels[c], g.scalarFloat(static_cast<float>((kMean[c] - kHalf) / kHalf))});
  }
  return b.concat("transform_input", channels);
}

ValueId googLeNet(LayerBuilder& b, std::int64_t channels, std::int64_t classes) {
  ValueId x = b.input(channels);
  if (channels == 3) x = toUnitRange(b, x);
  x = basicConv(b, "conv1", x, channels, 64, 7, {.stride = 2, .pad = 3});
  x = b.maxPool("maxpool1", x, 3, {.ceil = true});
  x = basicConv(b, "conv2", x, 64, 64, 1, {});
  x = basicConv(b, "conv3", x, 64, 192, 3, {.pad = 1});
  x = b.maxPool("maxpool2", x, 3, {.ceil = true});
  std::int64_t width = 192;
  for (const Inception& sizes : kInceptions) {
    if (sizes.poolBefore != nullptr) x = b.maxPool(sizes.poolBefore, x, sizes.poolKernel, {.ceil = true});
    x = inception(b, sizes, x, width);
    width = sizes.one + sizes.three + sizes.five + sizes.pool;
  }
  x = b.flatten(b.adaptiveAverage("avgpool", x, 1));
  return b.linear("fc", x, width, classes);
}

}  // namespace

void addGoogLeNet(std::vector<Architecture>& all) {
  all.push_back({"googlenet", "conv1.conv", "fc", googLeNet, {"aux1.", "aux2."}});
}

}  // namespace unitscope
