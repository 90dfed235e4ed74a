#include <array>
#include <string>

#include "architectures/families.h"

namespace unitscope {
namespace {

struct Variant {
  const char* name;
  std::array<int, 4> blocks;
  bool bottleneck;
  int groups;      ///< of the 3x3 convolution (Xie et al. 2017)
  int groupWidth;  ///< 64 in the plain network; 128 in the wide one (Zagoruyko & Komodakis 2016)
};
constexpr std::array<Variant, 10> kVariants = {{
    {"resnet18", {2, 2, 2, 2}, false, 1, 64},
    {"resnet34", {3, 4, 6, 3}, false, 1, 64},
    {"resnet50", {3, 4, 6, 3}, true, 1, 64},
    {"resnet101", {3, 4, 23, 3}, true, 1, 64},
    {"resnet152", {3, 8, 36, 3}, true, 1, 64},
    {"resnext50_32x4d", {3, 4, 6, 3}, true, 32, 4},
    {"resnext101_32x8d", {3, 4, 23, 3}, true, 32, 8},
    {"resnext101_64x4d", {3, 4, 23, 3}, true, 64, 4},
    {"wide_resnet50_2", {3, 4, 6, 3}, true, 1, 128},
    {"wide_resnet101_2", {3, 4, 23, 3}, true, 1, 128},
}};

constexpr std::int64_t kExpansion = 4;

/// He et al. 2016, with the stride in the 3x3 convolution as torchvision has it. The ReLU is one module that runs two
/// or three times: PyTorch's ONNX exporter numbers its later runs, and so do we.
ValueId block(LayerBuilder& b, const std::string& name, const Variant& variant, ValueId x, std::int64_t in,
              std::int64_t planes, int stride) {
  std::int64_t out = planes;
  ValueId y = kNoValue;
  if (variant.bottleneck) {
    const std::int64_t width = planes * variant.groupWidth / 64 * variant.groups;
    out = planes * kExpansion;
    y = b.conv(name + ".conv1", x, in, width, 1, {.bias = false});
    y = b.relu(name + ".relu", b.batchNorm(name + ".bn1", y, width));
    y = b.conv(name + ".conv2", y, width, width, 3,
               {.stride = stride, .pad = 1, .groups = variant.groups, .bias = false});
    y = b.relu(name + ".relu_1", b.batchNorm(name + ".bn2", y, width));
    y = b.conv(name + ".conv3", y, width, out, 1, {.bias = false});
    y = b.batchNorm(name + ".bn3", y, out);
  } else {
    y = b.conv(name + ".conv1", x, in, out, 3, {.stride = stride, .pad = 1, .bias = false});
    y = b.relu(name + ".relu", b.batchNorm(name + ".bn1", y, out));
    y = b.conv(name + ".conv2", y, out, out, 3, {.pad = 1, .bias = false});
    y = b.batchNorm(name + ".bn2", y, out);
  }
  ValueId shortcut = x;
  if (stride != 1 || in != out) {
    shortcut = b.conv(name + ".downsample.0", x, in, out, 1, {.stride = stride, .bias = false});
    shortcut = b.batchNorm(name + ".downsample.1", shortcut, out);
  }
  return b.relu(name + (variant.bottleneck ? ".relu_2" : ".relu_1"), b.add(name, y, shortcut));
}

ValueId resNet(LayerBuilder& b, const Variant& variant, std::int64_t channels, std::int64_t classes) {
  ValueId x = b.conv("conv1", b.input(channels), channels, 64, 7, {.stride = 2, .pad = 3, .bias = false});
  x = b.relu("relu", b.batchNorm("bn1", x, 64));
  x = b.maxPool("maxpool", x, 3, {.pad = 1});
  std::int64_t width = 64;
  std::int64_t planes = 64;
  for (std::size_t stage = 0; stage < variant.blocks.size(); ++stage) {
    for (int i = 0; i < variant.blocks[stage]; ++i) {
      const std::string name = "layer" + std::to_string(stage + 1) + "." + std::to_string(i);
      x = block(b, name, variant, x, width, planes, stage > 0 && i == 0 ? 2 : 1);
      width = variant.bottleneck ? planes * kExpansion : planes;
    }
    planes *= 2;
  }
  x = b.flatten(b.adaptiveAverage("avgpool", x, 1));
  return b.linear("fc", x, width, classes);
}

}  // namespace

void addResNets(std::vector<Architecture>& all) {
  for (const Variant& variant : kVariants)
    all.push_back({variant.name,
                   "conv1",
                   "fc",
                   [variant](LayerBuilder& b, std::int64_t channels, std::int64_t classes) {
                     return resNet(b, variant, channels, classes);
                   },
                   {}});
}

}  // namespace unitscope
