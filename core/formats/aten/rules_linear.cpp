#include <algorithm>
#include <cmath>

#include "formats/aten/aten_call.h"

namespace unitscope::aten {
namespace {

ValueId swapLast(const AtenCall& c, ValueId x) {
  const std::int64_t rank = c.e.rank(x);
  if (rank < 2) c.fail("a matrix is expected");
  std::vector<std::int64_t> order;
  for (std::int64_t i = 0; i < rank; ++i) order.push_back(i);
  std::swap(order[order.size() - 1], order[order.size() - 2]);
  return permuted(c.e, x, std::move(order));
}

AtenValue linear(AtenCall& c) {
  const ValueId x = c.tensor(0);
  const ValueId w = c.tensor(1);
  const bool matrix = c.e.dims(w) && c.e.dims(w)->size() == 2;
  if (matrix && c.e.dims(x) && c.e.dims(x)->size() == 2) {
    std::vector<ValueId> inputs{x, w};
    if (c.given(2)) inputs.push_back(c.tensor(2));
    return c.result(c.emit("Gemm", std::move(inputs), {{"transB", std::int64_t{1}}}));
  }
  if (!matrix) c.fail("its weight is no matrix");
  ValueId y = c.emit("MatMul", {x, swapLast(c, w)});
  if (c.given(2)) y = c.emit("Add", {y, c.tensor(2)});
  return c.result(y);
}

ValueId scaled(const AtenCall& c, ValueId v, double factor) {
  return factor == 1.0 ? v : c.emit("Mul", {v, c.e.scalar(factor, c.e.dtype(v))});
}

AtenValue addProduct(AtenCall& c) {
  const ValueId bias = c.tensor(0);
  const double beta = c.number(3, 1.0);
  const double alpha = c.number(4, 1.0);
  const ValueId a = c.tensor(1);
  const ValueId b = c.tensor(2);
  if (c.op() == "addmm") return c.result(c.emit("Gemm", {a, b, bias}, {{"alpha", alpha}, {"beta", beta}}));
  return c.result(c.emit("Add", {scaled(c, c.emit("MatMul", {a, b}), alpha), scaled(c, bias, beta)}));
}

/// softmax(q k' scale + mask) v (Vaswani et al. 2017), as PyTorch defines it.
AtenValue attention(AtenCall& c) {
  Emitter& e = c.e;
  const ValueId q = c.tensor(0);
  ValueId k = c.tensor(1);
  ValueId v = c.tensor(2);
  if (c.number(4, 0.0) != 0.0) c.fail("has dropout: call model.eval() before the export");
  const DType type = e.dtype(q);
  if (c.flag(7)) {
    const auto repeat = [&](ValueId t) {
      const std::int64_t have = e.size(t, -3);
      const std::int64_t want = e.size(q, -3);
      if (isSymbol(have) || isSymbol(want) || have <= 0 || want % have != 0) c.fail("heads that are not known");
      std::vector<std::int64_t> rows;
      for (std::int64_t i = 0; i < want; ++i) rows.push_back(i / (want / have));
      return e.emit("Gather", {t, e.ints(rows)}, {{"axis", e.axis(t, -3)}});
    };
    k = repeat(k);
    v = repeat(v);
  }
  ValueId scale = kNoValue;
  if (c.given(6)) {
    scale = e.scalar(c.number(6), type);
  } else if (const std::int64_t width = e.size(q, -1); !isSymbol(width)) {
    scale = e.scalar(1.0 / std::sqrt(static_cast<double>(width)), type);
  } else {
    scale = e.emit("Reciprocal", {e.emit("Sqrt", {e.cast(e.symbolValue(width), type)})});
  }
  ValueId scores = e.emit("MatMul", {e.emit("Mul", {q, scale}), swapLast(c, k)});
  const ValueId never = e.scalar(-INFINITY, type);
  if (c.flag(5)) {
    const ValueId ones = e.emit("ConstantOfShape", {e.intVector({e.size(q, -2), e.size(k, -2)})},
                                {{"value", TensorData::fromInts({1}, {1})}});
    const ValueId seen = e.cast(e.emit("Trilu", {ones}, {{"upper", std::int64_t{0}}}), DType::Bool);
    scores = e.emit("Where", {seen, scores, never});
  }
  if (c.given(3)) {
    const ValueId mask = c.tensor(3);
    scores = e.dtype(mask) == DType::Bool ? e.emit("Where", {mask, scores, never}) : e.emit("Add", {scores, mask});
  }
  return c.result(e.emit("MatMul", {e.emit("Softmax", {scores}, {{"axis", std::int64_t{-1}}}), v}));
}

/// Sizes of an einsum's result: the letters after the arrow, or those that occur once in alphabetical order.
std::optional<Dims> einsumDims(const AtenCall& c, const std::string& equation, const std::vector<ValueId>& inputs) {
  std::string text;
  for (const char ch : equation)
    if (ch != ' ') text += ch;
  if (text.find('.') != std::string::npos) return std::nullopt;
  const std::size_t arrow = text.find("->");
  const std::string left = text.substr(0, arrow);
  std::map<char, std::int64_t> sizes;
  std::map<char, int> counts;
  std::size_t at = 0;
  for (const ValueId v : inputs) {
    const std::size_t end = std::min(left.find(',', at), left.size());
    const std::string letters = left.substr(at, end - at);
    at = std::min(end + 1, left.size());
    const auto& d = c.e.dims(v);
    if (!d || d->size() != letters.size()) return std::nullopt;
    for (std::size_t i = 0; i < letters.size(); ++i) {
      ++counts[letters[i]];
      auto [it, isNew] = sizes.try_emplace(letters[i], (*d)[i]);
      if (!isNew && (it->second == 1 || (isSymbol(it->second) && !isSymbol((*d)[i])))) it->second = (*d)[i];
    }
  }
  Dims out;
  if (arrow != std::string::npos) {
    for (const char letter : text.substr(arrow + 2)) {
      if (!sizes.contains(letter)) return std::nullopt;
      out.push_back(sizes[letter]);
    }
  } else {
    for (const auto& [letter, n] : counts)
      if (n == 1) out.push_back(sizes[letter]);
  }
  return out;
}

AtenValue einsum(AtenCall& c) {
  const std::string equation = c.text(0);
  if (equation.size() > 200) c.fail("an equation that is too long");
  const std::vector<ValueId> inputs = c.tensors(1);
  const ValueId y = c.emit("Einsum", inputs, {{"equation", equation}});
  if (auto dims = einsumDims(c, equation, inputs)) c.e.setDims(y, std::move(*dims));
  return c.result(y);
}

}  // namespace

void addLinearRules(AtenTable& t) {
  t.add("linear", "input:t weight:t bias:t?", linear);
  t.add("matmul mm bmm mv dot linalg_matmul", "self/input:T other/mat2/vec/tensor:T", [](AtenCall& c) {
    return c.result(c.emit("MatMul", {c.tensor(0), c.tensor(1)}));
  });
  t.add("addmm addbmm_ baddbmm addmv", "self:t mat1/batch1/mat:t mat2/batch2/vec:t beta:n? alpha:n?", addProduct);
  t.add("scaled_dot_product_attention",
        "query:t key:t value:t attn_mask:t? dropout_p:n? is_causal:b? scale:n? enable_gqa:b?", attention);
  t.add("einsum", "equation:s tensors:l path:*?", einsum);
  t.add("outer ger", "self:T vec2:T", [](AtenCall& c) {
    return c.result(c.emit("Mul", {c.emit("Unsqueeze", {c.tensor(0), c.e.ints({1})}), c.tensor(1)}));
  });
}

}  // namespace unitscope::aten
