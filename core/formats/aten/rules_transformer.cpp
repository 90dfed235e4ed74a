#include <array>
#include <cmath>

#include "formats/aten/aten_call.h"

namespace unitscope::aten {
namespace {

ValueId linear(const AtenCall& c, ValueId x, ValueId weight, ValueId bias) {
  const ValueId y = c.emit("MatMul", {x, permuted(c.e, weight, {1, 0})});
  return bias == kNoValue ? y : c.emit("Add", {y, bias});
}

struct Attention {
  ValueId result, weights;  ///< weights: [batch, heads, queries, keys]
};

/// nn.MultiheadAttention (Vaswani et al. 2017) as PyTorch computes it in one call: the three projections lie one below
/// the other in one weight. x: [batch, places, width].
Attention attend(const AtenCall& c, const std::array<ValueId, 3>& inputs, std::int64_t heads, ValueId weight,
                 ValueId bias, ValueId outWeight, ValueId outBias) {
  Emitter& e = c.e;
  const std::int64_t width = e.size(outWeight, 0);
  if (isSymbol(width) || heads <= 0 || width % heads != 0) c.fail("heads that do not divide its width");
  std::array<ValueId, 3> projected{};
  for (std::size_t i = 0; i < 3; ++i) {
    const std::int64_t from = static_cast<std::int64_t>(i) * width;
    const ValueId own = linear(c, inputs[i], sliceAxis(e, weight, 0, from, from + width),
                               bias == kNoValue ? kNoValue : sliceAxis(e, bias, 0, from, from + width));
    const ValueId parted = reshapeTo(e, own, {e.size(own, 0), e.size(own, 1), heads, width / heads});
    projected[i] = permuted(e, parted, {0, 2, 1, 3});
  }
  const double scale = 1.0 / std::sqrt(static_cast<double>(width / heads));
  const ValueId queries = c.emit("Mul", {projected[0], e.scalar(scale, e.dtype(projected[0]))});
  const ValueId scores = c.emit("MatMul", {queries, permuted(e, projected[1], {0, 1, 3, 2})});
  const ValueId weights = c.emit("Softmax", {scores}, {{"axis", std::int64_t{-1}}});
  const ValueId mixed = permuted(e, c.emit("MatMul", {weights, projected[2]}), {0, 2, 1, 3});
  const ValueId joined = reshapeTo(e, mixed, {e.size(inputs[0], 0), e.size(inputs[0], 1), width});
  return {linear(c, joined, outWeight, outBias), weights};
}

/// (query, key, value, embed_dim, num_head, qkv_weight, qkv_bias, proj_weight, proj_bias, mask, need_weights,
/// average_attn_weights, mask_type)
AtenValue multiHeadAttention(AtenCall& c) {
  if (c.given(9)) c.fail("an attention mask");
  const Attention made = attend(c, {c.tensor(0), c.tensor(1), c.tensor(2)}, c.knownInteger(4), c.tensor(5),
                                c.tensorOrNone(6), c.tensor(7), c.tensorOrNone(8));
  if (!c.flag(10, true)) return AtenValue::ofTuple({c.result(made.result), AtenValue()});
  const bool average = c.flag(11, true);
  const ValueId shown =
      average ? c.emit("ReduceMean", {made.weights, c.e.ints({1})}, {{"keepdims", std::int64_t{0}}}) : made.weights;
  return AtenValue::ofTuple({c.result(made.result), c.result(shown)});
}

/// (src, embed_dim, num_heads, qkv_weight, qkv_bias, proj_weight, proj_bias, use_gelu, norm_first, eps, norm_weight_1,
/// norm_bias_1, norm_weight_2, norm_bias_2, ffn_weight_1, ffn_bias_1, ffn_weight_2, ffn_bias_2, mask, mask_type)
AtenValue encoderLayer(AtenCall& c) {
  if (c.given(18)) c.fail("an attention mask");
  const auto norm = [&](ValueId x, std::size_t weight) {
    return c.emit("LayerNormalization", {x, c.tensor(weight), c.tensor(weight + 1)},
                  {{"axis", std::int64_t{-1}}, {"epsilon", c.number(9)}});
  };
  const auto attention = [&](ValueId x) {
    return attend(c, {x, x, x}, c.knownInteger(2), c.tensor(3), c.tensor(4), c.tensor(5), c.tensor(6)).result;
  };
  const auto forward = [&](ValueId x) {
    const ValueId inner = linear(c, x, c.tensor(14), c.tensor(15));
    const ValueId bent =
        c.flag(7) ? c.emit("Gelu", {inner}, {{"approximate", std::string("none")}}) : c.emit("Relu", {inner});
    return linear(c, bent, c.tensor(16), c.tensor(17));
  };
  const ValueId x = c.tensor(0);
  if (c.flag(8)) {
    const ValueId middle = c.emit("Add", {x, attention(norm(x, 10))});
    return c.result(c.emit("Add", {middle, forward(norm(middle, 12))}));
  }
  const ValueId middle = norm(c.emit("Add", {x, attention(x)}), 10);
  return c.result(norm(c.emit("Add", {middle, forward(middle)}), 12));
}

}  // namespace

void addTransformerRules(AtenTable& t) {
  t.add("_native_multi_head_attention",
        "query:T key:T value:T embed_dim:i num_head:i qkv_weight:T qkv_bias:t? proj_weight:t? proj_bias:t? mask:t? "
        "need_weights:b? average_attn_weights:b? mask_type:i?",
        multiHeadAttention);
  t.add("_transformer_encoder_layer_fwd",
        "src:T embed_dim:i num_heads:i qkv_weight:T qkv_bias:T proj_weight:T proj_bias:T use_gelu:b norm_first:b eps:n "
        "norm_weight_1:T norm_bias_1:T norm_weight_2:T norm_bias_2:T ffn_weight_1:T ffn_bias_1:T ffn_weight_2:T "
        "ffn_bias_2:T mask:t? mask_type:i?",
        encoderLayer);
}

}  // namespace unitscope::aten
