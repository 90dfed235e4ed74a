#include "runtime/error.h"
#include "zoo/networks/networks.h"

namespace unitscope {
namespace {

ValueId block(NetBuilder& b, const std::string& name, ValueId x, int in, int out, int stride) {
  ValueId y = b.conv(name + ".conv1", x, in, out, 3, {.stride = stride, .bias = false});
  y = b.relu(b.batchNorm(name + ".bn1", y, out));
  y = b.conv(name + ".conv2", y, out, out, 3, {.bias = false});
  y = b.batchNorm(name + ".bn2", y, out);
  ValueId shortcut = x;
  if (stride != 1 || in != out) {
    shortcut = b.conv(name + ".downsample.0", x, in, out, 1, {.stride = stride, .bias = false, .gain = 1.0});
    shortcut = b.batchNorm(name + ".downsample.1", shortcut, out);
  }
  b.graph().setScope(name);
  return b.relu(b.add(y, shortcut));
}

}  // namespace

Network makeResidualNet(const ResidualNetShape& shape, const NetOptions& options) {
  if (shape.widths.empty() || shape.widths.size() != shape.blocks.size())
    throw Error("residual network", "needs one number of blocks for each width");
  NetBuilder b("residual network", options);
  ValueId x = b.graph().input("input", DType::Float32, Shape{-1, shape.inputChannels, shape.side, shape.side});
  x = b.conv("stem.conv", x, shape.inputChannels, shape.stem, 3, {.bias = false});
  x = b.relu(b.batchNorm("stem.bn", x, shape.stem));
  int width = shape.stem;
  for (std::size_t stage = 0; stage < shape.widths.size(); ++stage) {
    for (int i = 0; i < shape.blocks[stage]; ++i) {
      const std::string name = "stage" + std::to_string(stage + 1) + "." + std::to_string(i);
      x = block(b, name, x, width, shape.widths[stage], i > 0 ? 1 : stage > 0 ? 2 : shape.firstStride);
      width = shape.widths[stage];
    }
    b.graph().graph().renameValue(x, "stage" + std::to_string(stage + 1));
  }
  b.graph().setScope("pool");
  x = b.globalAverage(x);
  b.graph().graph().renameValue(x, "features");
  x = b.linear("fc", x, width, shape.classes);
  b.graph().output(x, "logits");
  return {b.graph().take(), b.rates()};
}

}  // namespace unitscope
