#include <array>
#include <string>

#include "architectures/families.h"

namespace unitscope {
namespace {

/// Sandler et al. 2018, table 2: expansion, channels, repetitions, stride.
struct Stage {
  int expansion;
  std::int64_t channels;
  int count;
  int stride;
};
constexpr std::array<Stage, 7> kStages = {
    {{1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2}, {6, 64, 4, 2}, {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}}};
constexpr std::int64_t kStem = 32;
constexpr std::int64_t kLast = 1280;

ValueId convNormRelu(LayerBuilder& b, const std::string& name, ValueId x, std::int64_t in, std::int64_t out, int kernel,
                     int stride, int groups) {
  x = b.conv(name + ".0", x, in, out, kernel,
             {.stride = stride, .pad = (kernel - 1) / 2, .groups = groups, .bias = false});
  return b.relu6(name + ".2", b.batchNorm(name + ".1", x, out));
}

ValueId invertedResidual(LayerBuilder& b, const std::string& name, ValueId x, std::int64_t in, const Stage& stage,
                         int stride) {
  const std::int64_t hidden = in * stage.expansion;
  int part = 0;
  const auto next = [&] { return name + ".conv." + std::to_string(part++); };
  ValueId y = x;
  if (stage.expansion != 1) y = convNormRelu(b, next(), y, in, hidden, 1, 1, 1);
  y = convNormRelu(b, next(), y, hidden, hidden, 3, stride, static_cast<int>(hidden));
  y = b.conv(next(), y, hidden, stage.channels, 1, {.bias = false});
  y = b.batchNorm(next(), y, stage.channels);
  return stride == 1 && in == stage.channels ? b.add(name, x, y) : y;
}

ValueId mobileNet(LayerBuilder& b, std::int64_t channels, std::int64_t classes) {
  ValueId x = convNormRelu(b, "features.0", b.input(channels), channels, kStem, 3, 2, 1);
  std::int64_t width = kStem;
  int place = 1;
  for (const Stage& stage : kStages)
    for (int i = 0; i < stage.count; ++i) {
      x = invertedResidual(b, "features." + std::to_string(place++), x, width, stage, i == 0 ? stage.stride : 1);
      width = stage.channels;
    }
  x = convNormRelu(b, "features." + std::to_string(place), x, width, kLast, 1, 1, 1);
  x = b.flatten(b.adaptiveAverage({}, x, 1));
  return b.linear("classifier.1", x, kLast, classes);
}

}  // namespace

void addMobileNet(std::vector<Architecture>& all) {
  all.push_back({"mobilenet_v2", "features.0.0", "classifier.1", mobileNet, {}});
}

}  // namespace unitscope
