#include <cmath>
#include <limits>
#include <string>

#include "exec/ops/families.h"
#include "exec/ops/helpers.h"

namespace unitscope::ops {
namespace {

/// [B,S,heads*size] to [B,heads,S,size]; a tensor of rank 4 is that already.
at::Tensor splitHeads(const OpCall& call, const at::Tensor& t, std::int64_t heads, const char* attribute) {
  if (t.dim() == 4) return t;
  if (t.dim() != 3) call.fail("query, key and value need rank 3 or 4");
  if (heads < 1 || t.size(2) % heads != 0)
    call.fail(std::string(attribute) + " is " + std::to_string(heads) + " for " + std::to_string(t.size(2)) +
              " features");
  return t.reshape({t.size(0), t.size(1), heads, t.size(2) / heads}).transpose(1, 2);
}

/// What is added to the scores before the softmax: the given mask and the causal one. Undefined if there is neither.
at::Tensor scoreBias(const OpCall& call, const at::Tensor& like, std::int64_t queries, std::int64_t keys,
                     std::int64_t past) {
  constexpr double kNever = -std::numeric_limits<double>::infinity();
  at::Tensor bias;
  if (call.has(3)) {
    bias = beside(call.in(3), like);
    if (bias.scalar_type() == at::kBool)
      bias = at::zeros_like(bias, like.options()).masked_fill(bias.logical_not(), kNever);
    bias = bias.to(like.scalar_type());
    // Keys beyond the mask are hidden.
    if (bias.dim() > 0 && bias.size(-1) < keys && bias.size(-1) > 1)
      bias = at::constant_pad_nd(bias, {0, keys - bias.size(-1)}, kNever);
  }
  if (call.node.intOr("is_causal", 0) != 0) {
    const at::Tensor open = at::ones({queries, keys}, like.options().dtype(at::kBool)).tril(past);
    const at::Tensor causal = at::zeros({queries, keys}, like.options()).masked_fill(open.logical_not(), kNever);
    bias = bias.defined() ? bias + causal : causal;
  }
  return bias;
}

/// Scaled dot-product attention (Vaswani et al. 2017) with grouped queries, masks, soft capping and kept keys and
/// values, as ONNX's Attention of opset 23. Inputs: Q, K, V, mask, past key, past value.
Tensors attention(const OpCall& call) {
  const std::int64_t queryHeads = call.node.intOr("q_num_heads", 0);
  const at::Tensor q = splitHeads(call, call.in(0), queryHeads, "q_num_heads");
  at::Tensor k = splitHeads(call, call.in(1), call.node.intOr("kv_num_heads", 0), "kv_num_heads");
  at::Tensor v = splitHeads(call, call.in(2), call.node.intOr("kv_num_heads", 0), "kv_num_heads");
  std::int64_t past = 0;
  if (call.has(4) != call.has(5)) call.fail("past key and past value belong together");
  if (call.has(4)) {
    past = exactly(call, 4, 4).size(2);
    k = at::cat({call.in(4), k}, 2);
    v = at::cat({exactly(call, 5, 4), v}, 2);
  }
  const at::Tensor presentKey = k, presentValue = v;
  if (k.size(1) < 1 || k.size(1) != v.size(1) || q.size(1) % k.size(1) != 0)
    call.fail("the heads of the keys do not divide those of the queries");
  if (const std::int64_t group = q.size(1) / k.size(1); group > 1) {
    k = k.repeat_interleave(group, 1);
    v = v.repeat_interleave(group, 1);
  }
  const double scale = call.node.floatOr("scale", 1.0 / std::sqrt(static_cast<double>(q.size(3))));
  const double softcap = call.node.floatOr("softcap", 0.0);
  const std::int64_t mode = call.node.intOr("qk_matmul_output_mode", 0);

  at::Tensor shown;
  at::Tensor scores = at::matmul(q * std::sqrt(scale), k.transpose(2, 3) * std::sqrt(scale));
  if (mode == 0) shown = scores;
  if (const at::Tensor bias = scoreBias(call, scores, q.size(2), k.size(2), past); bias.defined())
    scores = scores + bias;
  if (mode == 1) shown = scores;
  if (softcap > 0) scores = (scores / softcap).tanh() * softcap;
  if (mode == 2) shown = scores;
  scores = at::softmax(scores, -1);
  if (mode == 3) shown = scores;
  at::Tensor y = at::matmul(scores, v);
  if (call.in(0).dim() == 3) y = y.transpose(1, 2).flatten(2);
  return {y, presentKey, presentValue, shown};
}

/// Rotary positions (Su et al. 2021). Inputs: X [B,heads,S,size] or [B,S,heads*size], cosines and sines (by position,
/// or by batch and position where no position ids are given).
Tensors rotaryEmbedding(const OpCall& call) {
  const at::Tensor& input = call.in(0);
  const std::int64_t heads = call.node.intOr("num_heads", 0);
  // [B,S,heads,size]
  const at::Tensor x = splitHeads(call, input, heads, "num_heads").transpose(1, 2);
  const std::int64_t given = call.node.intOr("rotary_embedding_dim", 0);
  const std::int64_t turned = given > 0 ? given : x.size(3);
  if (turned > x.size(3) || turned % 2 != 0)
    call.fail("rotary_embedding_dim is " + std::to_string(turned) + " for heads of " + std::to_string(x.size(3)));
  const auto angles = [&](std::size_t i) {
    at::Tensor cache = call.in(i);
    if (call.has(3)) {
      exactly(call, i, 2);
      const at::Tensor positions = wrapIndices(call, call.in(3), cache.size(0), cache);
      Ints shape = positions.sizes().vec();
      shape.push_back(cache.size(1));
      cache = cache.index_select(0, positions.flatten()).reshape(shape);
    }
    if (cache.dim() != 3 || cache.size(2) != turned / 2) call.fail("the angles need the shape [B, S, size/2]");
    return cache.unsqueeze(2);
  };
  const at::Tensor cosine = angles(1), sine = angles(2);
  const bool interleaved = call.node.intOr("interleaved", 0) != 0;
  const at::Tensor part = x.narrow(3, 0, turned);
  const at::Tensor a = interleaved ? part.slice(3, 0, turned, 2) : part.narrow(3, 0, turned / 2);
  const at::Tensor b = interleaved ? part.slice(3, 1, turned, 2) : part.narrow(3, turned / 2, turned / 2);
  const at::Tensor real = a * cosine - b * sine;
  const at::Tensor imaginary = a * sine + b * cosine;
  at::Tensor y = interleaved ? at::stack({real, imaginary}, -1).flatten(3) : at::cat({real, imaginary}, 3);
  if (turned < x.size(3)) y = at::cat({y, x.narrow(3, turned, x.size(3) - turned)}, 3);
  return {input.dim() == 4 ? y.transpose(1, 2) : y.flatten(2)};
}

}  // namespace

void addAttention(OperatorTable& table) {
  table.add("Attention", attention);
  table.add("RotaryEmbedding", rotaryEmbedding);
}

}  // namespace unitscope::ops
