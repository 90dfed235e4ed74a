#include <array>
#include <string>

#include "architectures/families.h"

namespace unitscope {
namespace {

/// DenseNet-BC of Huang et al. 2017.
struct Variant {
  const char* name;
  std::int64_t stem;
  std::int64_t growth;
  std::array<int, 4> layers;
};
constexpr std::array<Variant, 4> kVariants = {{
    {"densenet121", 64, 32, {6, 12, 24, 16}},
    {"densenet161", 96, 48, {6, 12, 36, 24}},
    {"densenet169", 64, 32, {6, 12, 32, 32}},
    {"densenet201", 64, 32, {6, 12, 48, 32}},
}};
constexpr std::int64_t kBottleneck = 4;

ValueId denseLayer(LayerBuilder& b, const std::string& name, const std::vector<ValueId>& before, std::int64_t in,
                   std::int64_t growth) {
  ValueId x = b.concat(name, before);
  x = b.relu(name + ".relu1", b.batchNorm(name + ".norm1", x, in));
  x = b.conv(name + ".conv1", x, in, kBottleneck * growth, 1, {.bias = false});
  x = b.relu(name + ".relu2", b.batchNorm(name + ".norm2", x, kBottleneck * growth));
  return b.conv(name + ".conv2", x, kBottleneck * growth, growth, 3, {.pad = 1, .bias = false});
}

ValueId denseNet(LayerBuilder& b, const Variant& variant, std::int64_t channels, std::int64_t classes) {
  std::int64_t width = variant.stem;
  ValueId x = b.conv("features.conv0", b.input(channels), channels, width, 7, {.stride = 2, .pad = 3, .bias = false});
  x = b.relu("features.relu0", b.batchNorm("features.norm0", x, width));
  x = b.maxPool("features.pool0", x, 3, {.pad = 1});
  for (std::size_t stage = 0; stage < variant.layers.size(); ++stage) {
    const std::string number = std::to_string(stage + 1);
    const std::string block = "features.denseblock" + number;
    std::vector<ValueId> made{x};
    for (int i = 1; i <= variant.layers[stage]; ++i) {
      made.push_back(denseLayer(b, block + ".denselayer" + std::to_string(i), made, width, variant.growth));
      width += variant.growth;
    }
    x = b.concat(block, made);
    if (stage + 1 == variant.layers.size()) break;
    const std::string transition = "features.transition" + number;
    x = b.relu(transition + ".relu", b.batchNorm(transition + ".norm", x, width));
    x = b.conv(transition + ".conv", x, width, width / 2, 1, {.bias = false});
    width /= 2;
    x = b.averagePool(transition + ".pool", x, 2, 2);
  }
  x = b.batchNorm("features.norm5", x, width);
  // torchvision's forward() calls these as functions, outside of every module.
  x = b.flatten(b.adaptiveAverage({}, b.relu({}, x), 1));
  return b.linear("classifier", x, width, classes);
}

}  // namespace

void addDenseNets(std::vector<Architecture>& all) {
  for (const Variant& variant : kVariants)
    all.push_back({variant.name,
                   "features.conv0",
                   "classifier",
                   [variant](LayerBuilder& b, std::int64_t channels, std::int64_t classes) {
                     return denseNet(b, variant, channels, classes);
                   },
                   {}});
}

}  // namespace unitscope
