#include <cmath>

#include "architectures/gans/nvidia_parts.h"
#include "runtime/error.h"

namespace unitscope::nvidia {

StyleActivation activationOf(const StoredModule& module) {
  const std::string name = module.textOr("activation", "linear");
  if (name == "linear") return {.slope = 1.0, .gain = 1.0};
  if (name == "lrelu") return {};
  if (name == "relu") return {.slope = 0.0};
  throw Error(module.name, "the activation '" + name.substr(0, 100) + "' is not known");
}

ValueId fullyConnected(GraphBuilder& b, const StoredModule& module, ValueId x, std::int64_t in) {
  StyleLinear layer;
  layer.weight = module.tensor("weight", 2);
  if (layer.weight.shape()[1] != in)
    throw Error(module.pathTo("weight"),
                "the shape " + toString(layer.weight.shape()) + " does not fit " + std::to_string(in) + " values");
  layer.weightGain = module.numberOr("weight_gain", module.numberOr("lr_multiplier", 1.0) / std::sqrt(in));
  if (module.hasTensor("bias")) {
    layer.bias = module.tensor("bias", 1);
    if (layer.bias.count() != layer.weight.shape()[0])
      throw Error(module.pathTo("bias"), "the shape " + toString(layer.bias.shape()) + " does not fit the weights");
    layer.biasGain = module.numberOr("bias_gain", module.numberOr("lr_multiplier", 1.0));
  }
  const ValueId sum = styleLinear(b, module.name, x, layer);
  const ValueId y = activate(b, sum, activationOf(module));
  b.graph().renameValue(y, module.name);
  return y;
}

ValueId styleOf(GraphBuilder& b, const StoredModule& layer, ValueId wPlus, std::int64_t index, std::int64_t channels) {
  const StoredModule& affine = layer.part("affine", "FullyConnectedLayer");
  b.setScope(affine.name);
  const std::int64_t width = b.graph().value(wPlus).shape.value().back();
  const ValueId style = fullyConnected(b, affine, styleAt(b, wPlus, index), width);
  if (affine.tensor("weight", 2).shape()[0] != channels)
    throw Error(affine.name, "it makes " + std::to_string(affine.tensor("weight", 2).shape()[0]) +
                                 " factors for a layer of " + std::to_string(channels) + " channels");
  b.setScope(layer.name);
  return style;
}

ValueId mapping(GraphBuilder& b, const StoredModule& module) {
  const std::int64_t zDim = module.integer("z_dim", 0, kMostChannels);
  const std::int64_t cDim = module.integer("c_dim", 0, kMostChannels);
  const std::int64_t wDim = module.integer("w_dim", 1, kMostChannels);
  const std::int64_t styles = module.integer("num_ws", 1, kMostStyles);
  const std::int64_t layers = module.integer("num_layers", 0, 64);
  ValueId x = kNoValue;
  std::int64_t width = 0;
  if (zDim > 0) x = b.input("z", DType::Float32, Shape{-1, zDim});
  const ValueId classes = cDim > 0 ? b.input("class", DType::Float32, Shape{-1, cDim}) : kNoValue;
  if (zDim > 0) {
    b.setScope("mapping.norm");
    x = rootMeanSquareNorm(b, x);
    width = zDim;
  }
  if (cDim > 0) {
    const StoredModule& embed = module.part("embed", "FullyConnectedLayer");
    ValueId y = fullyConnected(b, embed, classes, cDim);
    b.setScope("mapping.embed_norm");
    y = rootMeanSquareNorm(b, y);
    if (x != kNoValue) y = b.op("Concat", {x, y}, {{"axis", std::int64_t{1}}});
    x = y;
    width += embed.tensor("weight", 2).shape()[0];
  }
  if (x == kNoValue) throw Error(module.name, "it takes neither a latent nor a class");
  for (std::int64_t i = 0; i < layers; ++i) {
    const StoredModule& layer = module.part("fc" + std::to_string(i), "FullyConnectedLayer");
    x = fullyConnected(b, layer, x, width);
    width = layer.tensor("weight", 2).shape()[0];
  }
  if (width != wDim)
    throw Error(module.name,
                "its last layer makes " + std::to_string(width) + " values instead of " + std::to_string(wDim));
  b.graph().renameValue(x, "w");
  b.graph().value(x).shape = Shape{-1, wDim};
  TensorData mean;
  if (module.hasTensor("w_avg")) {
    mean = module.tensor("w_avg", 1);
    if (mean.count() != wDim) throw Error(module.pathTo("w_avg"), "its size differs from that of w");
  }
  const ValueId wPlus = truncatedStyles(b, x, mean, styles);
  b.graph().value(wPlus).shape = Shape{-1, styles, wDim};
  return wPlus;
}

}  // namespace unitscope::nvidia
