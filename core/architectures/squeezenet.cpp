#include <algorithm>
#include <array>
#include <string>

#include "architectures/families.h"

namespace unitscope {
namespace {

/// Iandola et al. 2016; version 1.1 has a smaller first layer and pools earlier.
struct Version {
  const char* name;
  std::int64_t stemWidth;
  int stemKernel;
  std::array<int, 3> pools;  ///< their places among the modules of `features`
};
constexpr std::array<Version, 2> kVersions = {{
    {"squeezenet1_0", 96, 7, {2, 6, 11}},
    {"squeezenet1_1", 64, 3, {2, 5, 8}},
}};

/// What each fire module squeezes to and expands to on either branch.
struct Fire {
  std::int64_t squeeze, expand;
};
constexpr std::array<Fire, 8> kFires = {
    {{16, 64}, {16, 64}, {32, 128}, {32, 128}, {48, 192}, {48, 192}, {64, 256}, {64, 256}}};

ValueId fireModule(LayerBuilder& b, const std::string& name, ValueId x, std::int64_t in, const Fire& fire) {
  x = b.relu(name + ".squeeze_activation", b.conv(name + ".squeeze", x, in, fire.squeeze, 1, {}));
  const ValueId one = b.conv(name + ".expand1x1", x, fire.squeeze, fire.expand, 1, {});
  const ValueId oneOn = b.relu(name + ".expand1x1_activation", one);
  const ValueId three = b.conv(name + ".expand3x3", x, fire.squeeze, fire.expand, 3, {.pad = 1});
  return b.concat(name, {oneOn, b.relu(name + ".expand3x3_activation", three)});
}

ValueId squeezeNet(LayerBuilder& b, const Version& version, std::int64_t channels, std::int64_t classes) {
  ValueId x = b.conv("features.0", b.input(channels), channels, version.stemWidth, version.stemKernel, {.stride = 2});
  x = b.relu("features.1", x);
  std::int64_t width = version.stemWidth;
  std::size_t fires = 0;
  const int last = static_cast<int>(2 + kFires.size() + version.pools.size());
  for (int place = 2; place < last; ++place) {
    const std::string name = "features." + std::to_string(place);
    if (std::ranges::find(version.pools, place) != version.pools.end()) {
      x = b.maxPool(name, x, 3, {.ceil = true});
      continue;
    }
    const Fire& fire = kFires[fires++];
    x = fireModule(b, name, x, width, fire);
    width = 2 * fire.expand;
  }
  x = b.relu("classifier.2", b.conv("classifier.1", x, width, classes, 1, {}));
  return b.flatten(b.adaptiveAverage("classifier.3", x, 1));
}

}  // namespace

void addSqueezeNets(std::vector<Architecture>& all) {
  for (const Version& version : kVersions)
    all.push_back({version.name,
                   "features.0",
                   "classifier.1",
                   [version](LayerBuilder& b, std::int64_t channels, std::int64_t classes) {
                     return squeezeNet(b, version, channels, classes);
                   },
                   {}});
}

}  // namespace unitscope
