#include "runtime/error.h"
#include "zoo/networks/networks.h"

namespace unitscope {

Network makeEncoder(const EncoderShape& shape, const NetOptions& options) {
  if (shape.widths.empty()) throw Error("encoder", "needs at least one width");
  NetBuilder b("encoder", options);
  GraphBuilder& g = b.graph();
  ValueId x = g.input("input", DType::Float32, Shape{-1, 3, shape.side, shape.side});
  int width = shape.widths.front(), side = shape.side;
  x = b.conv("stem.conv", x, 3, width, 3, {.bias = false});
  x = b.relu(b.batchNorm("stem.bn", x, width));
  for (std::size_t i = 0; i < shape.widths.size(); ++i, side /= 2) {
    const std::string name = "down" + std::to_string(i + 1);
    const int out = shape.widths[i];
    ValueId y = b.conv(name + ".conv1", x, width, out, 3, {.stride = 2, .bias = false});
    y = b.relu(b.batchNorm(name + ".bn1", y, out));
    y = b.conv(name + ".conv2", y, out, out, 3, {.bias = false});
    y = b.batchNorm(name + ".bn2", y, out);
    const ValueId shortcut = b.conv(name + ".shortcut", b.averagePool(x), width, out, 1, {.gain = 1.0});
    g.setScope(name);
    x = b.relu(b.add(y, shortcut));
    width = out;
  }
  // Where something stands matters, so places are kept up to the last layer, in few channels.
  x = b.relu(b.conv("squeeze", x, width, 32, 1));
  g.setScope("flatten");
  x = g.op("Flatten", {x}, {{"axis", std::int64_t{1}}});
  x = b.relu(b.linear("hidden", x, 32 * side * side, 128, {.gain = 1.4142135623730951}));
  x = b.linear("styles", x, 128, shape.layers * shape.latent, {.gain = 0.3});
  g.setScope("w_plus");
  x = g.op("Reshape", {x, g.constant({-1, shape.layers, shape.latent})});
  x = b.add(x, b.filledParameter("w_mean", {shape.latent}, 0.0f, 0.0));
  g.output(x, "w_plus");
  return {g.take(), b.rates()};
}

}  // namespace unitscope
