#pragma once

#include <string>
#include <utility>
#include <vector>

#include "attribution/nets.h"

namespace unitscope::test {

/// A vision transformer of two layers on pictures [1,3,8,12]: six patches of 4 pixels and a class token, two heads,
/// width 8. `softmaxes` are the matrices [1,2,7,7], absent where `fused` writes attention as one operator.
struct AttentionNet : Net {
  std::vector<ValueId> softmaxes;
};

inline AttentionNet attentionNet(bool fused = false, bool classToken = true) {
  GraphBuilder b("attention");
  AttentionNet net;
  constexpr std::int64_t width = 8, heads = 2;
  const std::int64_t tokens = classToken ? 7 : 6;
  float seed = 0.1F;
  const auto weight = [&](Shape shape, float scale) {
    seed += 0.37F;
    return b.parameter("w" + std::to_string(seed), wavy(std::move(shape), seed, scale));
  };
  const auto norm = [&](ValueId x) {
    return b.op("LayerNormalization", {x, weight({width}, 1.0F), weight({width}, 0.1F)},
                {{"axis", std::int64_t{-1}}, {"epsilon", 1e-5}});
  };
  const auto swapped = [&](ValueId x, std::vector<std::int64_t> order) {
    return b.op("Transpose", {x}, {{"perm", std::move(order)}});
  };
  net.input = b.input("x", DType::Float32, Shape{1, 3, 8, 12});
  ValueId x = b.op("Conv", {net.input, weight({width, 3, 4, 4}, 0.3F)},
                   {{"kernel_shape", std::vector<std::int64_t>{4, 4}}, {"strides", std::vector<std::int64_t>{4, 4}}});
  net.layer = x;
  x = swapped(b.op("Reshape", {x, b.constant({1, width, 6})}), {0, 2, 1});
  if (classToken) x = b.op("Concat", {weight({1, 1, width}, 1.0F), x}, {{"axis", std::int64_t{1}}});
  x = b.op("Add", {x, weight({1, tokens, width}, 0.5F)});
  for (int layer = 0; layer < 2; ++layer) {
    const ValueId in = norm(x);
    ValueId mixed = kNoValue;
    std::vector<ValueId> projected;
    for (int i = 0; i < 3; ++i) projected.push_back(b.op("MatMul", {in, weight({width, width}, 1.2F)}));
    if (fused) {
      mixed = b.op("Attention", projected, {{"q_num_heads", heads}, {"kv_num_heads", heads}});
    } else {
      for (ValueId& p : projected)
        p = swapped(b.op("Reshape", {p, b.constant({1, tokens, heads, width / heads})}), {0, 2, 1, 3});
      const ValueId scores =
          b.op("Mul", {b.op("MatMul", {projected[0], swapped(projected[1], {0, 1, 3, 2})}), b.scalarFloat(0.5F)});
      net.softmaxes.push_back(b.op("Softmax", {scores}, {{"axis", std::int64_t{-1}}}));
      mixed = swapped(b.op("MatMul", {net.softmaxes.back(), projected[2]}), {0, 2, 1, 3});
      mixed = b.op("Reshape", {mixed, b.constant({1, tokens, width})});
    }
    x = b.op("Add", {x, b.op("MatMul", {mixed, weight({width, width}, 0.8F)})});
    const ValueId inner = b.op("Gelu", {b.op("MatMul", {norm(x), weight({width, 12}, 0.8F)})});
    x = b.op("Add", {x, b.op("MatMul", {inner, weight({12, width}, 0.5F)})});
  }
  x = norm(x);
  x = classToken ? b.op("Gather", {x, b.scalarInt(0)}, {{"axis", std::int64_t{1}}})
                 : b.op("ReduceMean", {x, b.constant({1})}, {{"keepdims", std::int64_t{0}}});
  net.output = b.op("Gemm", {x, weight({width, 4}, 1.0F)});
  b.output(net.output, "scores");
  net.graph = std::make_shared<const Graph>(b.take());
  return net;
}

}  // namespace unitscope::test
