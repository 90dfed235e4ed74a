#include <array>
#include <string>

#include "architectures/families.h"

namespace unitscope {
namespace {

/// Convolutions in each of the five stages: configurations A, B, D and E of Simonyan & Zisserman 2015.
struct Configuration {
  const char* name;
  std::array<int, 5> convolutions;
};
constexpr std::array<Configuration, 4> kConfigurations = {{
    {"vgg11", {1, 1, 2, 2, 2}},
    {"vgg13", {2, 2, 2, 2, 2}},
    {"vgg16", {2, 2, 3, 3, 3}},
    {"vgg19", {2, 2, 4, 4, 4}},
}};
constexpr std::array<std::int64_t, 5> kWidths = {64, 128, 256, 512, 512};

ValueId vgg(LayerBuilder& b, const Configuration& configuration, bool norms, std::int64_t channels,
            std::int64_t classes) {
  ValueId x = b.input(channels);
  std::int64_t width = channels;
  int index = 0;
  const auto next = [&index] { return "features." + std::to_string(index++); };
  for (std::size_t stage = 0; stage < kWidths.size(); ++stage) {
    for (int i = 0; i < configuration.convolutions[stage]; ++i) {
      x = b.conv(next(), x, width, kWidths[stage], 3, {.pad = 1});
      width = kWidths[stage];
      if (norms) x = b.batchNorm(next(), x, width);
      x = b.relu(next(), x);
    }
    x = b.maxPool(next(), x, 2, {});
  }
  x = b.flatten(b.adaptiveAverage("avgpool", x, 7));
  x = b.relu("classifier.1", b.linear("classifier.0", x, std::int64_t{512} * 7 * 7, 4096));
  x = b.relu("classifier.4", b.linear("classifier.3", x, 4096, 4096));
  return b.linear("classifier.6", x, 4096, classes);
}

}  // namespace

void addVgg(std::vector<Architecture>& all) {
  for (const Configuration& configuration : kConfigurations)
    for (const bool norms : {false, true})
      all.push_back({std::string(configuration.name) + (norms ? "_bn" : ""),
                     "features.0",
                     "classifier.6",
                     [configuration, norms](LayerBuilder& b, std::int64_t channels, std::int64_t classes) {
                       return vgg(b, configuration, norms, channels, classes);
                     },
                     {}});
}

}  // namespace unitscope
