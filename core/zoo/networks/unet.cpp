#include "runtime/error.h"
#include "zoo/networks/networks.h"

namespace unitscope {
namespace {

ValueId twoConvs(NetBuilder& b, const std::string& name, ValueId x, int in, int out) {
  x = b.conv(name + ".conv1", x, in, out, 3, {.bias = false});
  x = b.relu(b.batchNorm(name + ".bn1", x, out));
  x = b.conv(name + ".conv2", x, out, out, 3, {.bias = false});
  return b.relu(b.batchNorm(name + ".bn2", x, out));
}

}  // namespace

Network makeUNet(const UNetShape& shape, const NetOptions& options) {
  if (shape.widths.size() < 2) throw Error("U-Net", "needs at least two widths");
  NetBuilder b("U-Net", options);
  ValueId x = b.graph().input("input", DType::Float32, Shape{-1, 3, shape.side, shape.side});
  std::vector<ValueId> skips;
  int width = 3;
  for (std::size_t i = 0; i < shape.widths.size(); ++i) {
    if (i > 0) {
      b.graph().setScope("down" + std::to_string(i + 1));
      x = b.graph().op(
          "MaxPool", {x},
          {{"kernel_shape", std::vector<std::int64_t>{2, 2}}, {"strides", std::vector<std::int64_t>{2, 2}}});
    }
    x = twoConvs(b, "down" + std::to_string(i + 1), x, width, shape.widths[i]);
    width = shape.widths[i];
    skips.push_back(x);
  }
  for (std::size_t i = shape.widths.size() - 1; i-- > 0;) {
    const std::string name = "up" + std::to_string(i + 1);
    b.graph().setScope(name);
    x = b.graph().op("Concat", {b.upsample(x), skips[i]}, {{"axis", std::int64_t{1}}});
    x = twoConvs(b, name, x, width + shape.widths[i], shape.widths[i]);
    width = shape.widths[i];
  }
  x = b.conv("head", x, width, shape.classes, 1, {.gain = 1.0});
  b.graph().output(x, "logits");
  return {b.graph().take(), b.rates()};
}

}  // namespace unitscope
