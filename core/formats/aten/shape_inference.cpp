#include <algorithm>
#include <array>
#include <functional>

#include "formats/aten/emitter.h"

namespace unitscope::aten {
namespace {

using Attributes = Emitter::Attributes;

std::int64_t intOr(const Attributes& a, std::string_view key, std::int64_t fallback) {
  const auto it = a.find(key);
  const auto* value = it != a.end() ? std::get_if<std::int64_t>(&it->second) : nullptr;
  return value != nullptr ? *value : fallback;
}

std::vector<std::int64_t> intsOr(const Attributes& a, std::string_view key, std::vector<std::int64_t> fallback) {
  const auto it = a.find(key);
  const auto* value = it != a.end() ? std::get_if<std::vector<std::int64_t>>(&it->second) : nullptr;
  return value != nullptr ? *value : std::move(fallback);
}

/// Everything that one inference needs.
struct Inference {
  Emitter& e;
  std::string_view op;
  const std::vector<ValueId>& inputs;
  const Attributes& attributes;
  std::size_t outputs;

  bool has(std::size_t i) const { return i < inputs.size() && inputs[i] != kNoValue; }
  const ValueInfo& in(std::size_t i) const { return e.info(inputs.at(i)); }
  const std::vector<std::int64_t>* ints(std::size_t i) const { return has(i) ? e.knownInts(inputs[i]) : nullptr; }

  std::int64_t fresh() const { return e.newSymbol(); }
  Dims freshDims(std::size_t rank) const {
    Dims d(rank);
    for (std::int64_t& n : d) n = fresh();
    return d;
  }
  std::vector<ValueInfo> one(DType type, std::optional<Dims> dims) const {
    std::vector<ValueInfo> infos(outputs);
    for (ValueInfo& info : infos) info = {type, dims};
    return infos;
  }
  std::vector<ValueInfo> same(std::size_t i = 0) const { return one(in(i).dtype, in(i).dims); }
  std::int64_t axisOf(std::int64_t axis, const Dims& d) const {
    const auto rank = static_cast<std::int64_t>(d.size());
    const std::int64_t a = axis < 0 ? axis + rank : axis;
    if (a < 0 || a >= std::max<std::int64_t>(rank, 1)) e.fail(std::string(op) + " over an axis that does not exist");
    return a;
  }
};

/// floor or ceil of (n + pad - (d (k-1) + 1)) / s + 1, memoised for symbols so that equal sizes stay equal.
std::int64_t windowSize(Emitter& e, std::int64_t n, std::int64_t k, std::int64_t s, std::int64_t pad, std::int64_t d,
                        bool ceil, std::int64_t padEnd) {
  if (s <= 0 || k <= 0 || d <= 0) e.fail("a window of no size or stride");
  const std::int64_t reach = pad - (d * (k - 1) + 1);
  if (isSymbol(n)) {
    if (s == 1 && reach == -1) return n;
    return e.newSymbol();
  }
  if (n + reach < 0) e.fail("a window that is larger than its input");
  std::int64_t out = (n + reach + (ceil ? s - 1 : 0)) / s + 1;
  // The last window must begin inside the input or its left padding.
  if (ceil && (out - 1) * s >= n + pad - padEnd) --out;
  return out;
}

std::vector<ValueInfo> window(const Inference& f) {
  const ValueInfo& x = f.in(0);
  const bool conv = f.op == "Conv";
  if (!x.dims || x.dims->size() < 2) return f.one(x.dtype, std::nullopt);
  const std::size_t spatial = x.dims->size() - 2;
  std::vector<std::int64_t> kernel = intsOr(f.attributes, "kernel_shape", {});
  Dims out = *x.dims;
  if (conv) {
    const auto& w = f.in(1).dims;
    if (!w || w->size() != spatial + 2) f.e.fail("a convolution whose weight does not fit its input");
    kernel.assign(w->begin() + 2, w->end());
    out[1] = (*w)[0];
  }
  const auto strides = intsOr(f.attributes, "strides", std::vector<std::int64_t>(spatial, 1));
  const auto dilations = intsOr(f.attributes, "dilations", std::vector<std::int64_t>(spatial, 1));
  const auto pads = intsOr(f.attributes, "pads", std::vector<std::int64_t>(2 * spatial, 0));
  if (kernel.size() != spatial || strides.size() != spatial || dilations.size() != spatial ||
      pads.size() != 2 * spatial)
    f.e.fail(std::string(f.op) + " whose window does not fit its input");
  const bool ceil = intOr(f.attributes, "ceil_mode", 0) != 0;
  for (std::size_t i = 0; i < spatial; ++i) {
    if (isSymbol(kernel[i])) return f.one(x.dtype, f.freshDims(x.dims->size()));
    out[i + 2] = windowSize(f.e, out[i + 2], kernel[i], strides[i], pads[i] + pads[i + spatial], dilations[i], ceil,
                            pads[i + spatial]);
  }
  return f.one(x.dtype, out);
}

std::vector<ValueInfo> transposedConv(const Inference& f) {
  const ValueInfo& x = f.in(0);
  const auto& w = f.in(1).dims;
  if (!x.dims || !w || x.dims->size() != w->size() || w->size() < 3) return f.one(x.dtype, std::nullopt);
  const std::size_t spatial = w->size() - 2;
  const auto strides = intsOr(f.attributes, "strides", std::vector<std::int64_t>(spatial, 1));
  const auto dilations = intsOr(f.attributes, "dilations", std::vector<std::int64_t>(spatial, 1));
  const auto pads = intsOr(f.attributes, "pads", std::vector<std::int64_t>(2 * spatial, 0));
  const auto extra = intsOr(f.attributes, "output_padding", std::vector<std::int64_t>(spatial, 0));
  Dims out = *x.dims;
  out[1] = (*w)[1] * intOr(f.attributes, "group", 1);
  for (std::size_t i = 0; i < spatial; ++i)
    out[i + 2] = isSymbol(out[i + 2]) || isSymbol((*w)[i + 2])
                     ? f.fresh()
                     : (out[i + 2] - 1) * strides.at(i) - pads.at(i) - pads.at(i + spatial) +
                           dilations.at(i) * ((*w)[i + 2] - 1) + extra.at(i) + 1;
  return f.one(x.dtype, out);
}

std::vector<ValueInfo> matmul(const Inference& f) {
  const auto& a = f.in(0).dims;
  const auto& b = f.in(1).dims;
  const DType type = f.in(0).dtype;
  if (!a || !b || a->empty() || b->empty()) {
    // A matrix on the right keeps the rank of the left.
    return f.one(type, std::nullopt);
  }
  Dims left(a->begin(), a->end());
  Dims right(b->begin(), b->end());
  if (left.size() == 1) left.insert(left.begin(), 1);
  if (right.size() == 1) right.push_back(1);
  const Dims batchA(left.begin(), left.end() - 2);
  const Dims batchB(right.begin(), right.end() - 2);
  Dims out = *broadcastDims(f.e, batchA, batchB);
  if (a->size() > 1) out.push_back(left[left.size() - 2]);
  if (b->size() > 1) out.push_back(right.back());
  return f.one(type, out);
}

std::vector<ValueInfo> gemm(const Inference& f) {
  const auto& a = f.in(0).dims;
  const auto& b = f.in(1).dims;
  if (!a || !b || a->size() != 2 || b->size() != 2) return f.one(f.in(0).dtype, std::nullopt);
  return f.one(f.in(0).dtype, Dims{(*a)[intOr(f.attributes, "transA", 0) != 0 ? 1 : 0],
                                   (*b)[intOr(f.attributes, "transB", 0) != 0 ? 0 : 1]});
}

/// Product of all sizes, if every one is known or the symbols cancel against `other`.
std::optional<std::int64_t> missingFactor(const Emitter& e, Dims whole, Dims part) {
  // Cancel equal sizes first, so that symbols that stand on both sides do not matter.
  for (auto it = part.begin(); it != part.end();) {
    const auto match = std::ranges::find_if(whole, [&](std::int64_t n) { return n == *it; });
    if (match == whole.end()) {
      ++it;
      continue;
    }
    whole.erase(match);
    it = part.erase(it);
  }
  std::int64_t w = 1;
  std::int64_t p = 1;
  for (const std::int64_t n : whole)
    if (isSymbol(n) || __builtin_mul_overflow(w, n, &w)) {
      // A single size that is left over entirely is the answer itself.
      return part.empty() && whole.size() == 1 ? std::optional(whole.front()) : std::nullopt;
    }
  for (const std::int64_t n : part)
    if (isSymbol(n) || __builtin_mul_overflow(p, n, &p)) return std::nullopt;
  (void)e;
  if (p == 0 || w % p != 0) return std::nullopt;
  return w / p;
}

/// Size that the network was exported with for the -1 of a reshape; 0 where it is unknown.
std::int64_t hintedFactor(const Emitter& e, const Dims& whole, const Dims& part) {
  std::int64_t w = 1;
  std::int64_t p = 1;
  for (const std::int64_t n : whole)
    if (e.hint(n) <= 0 || __builtin_mul_overflow(w, e.hint(n), &w)) return 0;
  for (const std::int64_t n : part)
    if (e.hint(n) <= 0 || __builtin_mul_overflow(p, e.hint(n), &p)) return 0;
  return w % p == 0 ? w / p : 0;
}

std::vector<ValueInfo> reshape(const Inference& f) {
  const ValueInfo& x = f.in(0);
  const auto* target = f.ints(1);
  if (target == nullptr) return f.one(x.dtype, std::nullopt);
  Dims out = *target;
  std::optional<std::size_t> open;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (out[i] == 0 && x.dims && i < x.dims->size()) out[i] = (*x.dims)[i];
    if (out[i] == -1) open = i;
  }
  if (open) {
    Dims rest = out;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(*open));
    const auto factor = x.dims ? missingFactor(f.e, *x.dims, rest) : std::nullopt;
    out[*open] = factor ? *factor : f.e.newSymbol(x.dims ? hintedFactor(f.e, *x.dims, rest) : 0);
  }
  return f.one(x.dtype, out);
}

std::vector<ValueInfo> transpose(const Inference& f) {
  const ValueInfo& x = f.in(0);
  const auto perm = intsOr(f.attributes, "perm", {});
  if (!x.dims || perm.size() != x.dims->size()) return f.one(x.dtype, std::nullopt);
  Dims out;
  for (const std::int64_t p : perm) out.push_back(x.dims->at(static_cast<std::size_t>(p)));
  return f.one(x.dtype, out);
}

std::vector<ValueInfo> concat(const Inference& f) {
  const ValueInfo& x = f.in(0);
  std::optional<Dims> out;
  std::int64_t total = 0;
  for (std::size_t i = 0; i < f.inputs.size(); ++i) {
    const auto& d = f.in(i).dims;
    if (!d) return f.one(x.dtype, std::nullopt);
    if (!out) out = d;
    if (d->size() != out->size() || d->empty()) f.e.fail("values of different ranks are joined");
    const auto a = static_cast<std::size_t>(f.axisOf(intOr(f.attributes, "axis", 0), *d));
    const std::int64_t n = (*d)[a];
    if (i == 0)
      total = n;
    else
      total = isSymbol(total) || isSymbol(n) ? f.fresh() : total + n;
    for (std::size_t k = 0; k < d->size(); ++k)
      if (k != a && isSymbol((*out)[k]) && !isSymbol((*d)[k])) (*out)[k] = (*d)[k];
  }
  (*out)[static_cast<std::size_t>(f.axisOf(intOr(f.attributes, "axis", 0), *out))] = total;
  return f.one(x.dtype, out);
}

std::vector<ValueInfo> slice(const Inference& f) {
  const ValueInfo& x = f.in(0);
  if (!x.dims) return f.one(x.dtype, std::nullopt);
  Dims out = *x.dims;
  const auto* starts = f.ints(1);
  const auto* ends = f.ints(2);
  const auto* axes = f.ints(3);
  const auto* steps = f.ints(4);
  if (axes == nullptr) return f.one(x.dtype, f.freshDims(out.size()));
  for (std::size_t i = 0; i < axes->size(); ++i) {
    std::int64_t& n = out.at(static_cast<std::size_t>(f.axisOf((*axes)[i], out)));
    const std::int64_t step = steps != nullptr ? steps->at(i) : 1;
    if (starts == nullptr || ends == nullptr || isSymbol(n) || isSymbol(starts->at(i)) || isSymbol(ends->at(i)) ||
        step <= 0) {
      const bool reversed = step == -1 && starts != nullptr && starts->at(i) == -1;
      if (!reversed) n = f.fresh();
      continue;
    }
    const auto clamp = [&](std::int64_t p) { return std::clamp<std::int64_t>(p < 0 ? p + n : p, 0, n); };
    n = std::max<std::int64_t>(0, (clamp(ends->at(i)) - clamp(starts->at(i)) + step - 1) / step);
  }
  return f.one(x.dtype, out);
}

std::vector<ValueInfo> gather(const Inference& f) {
  const ValueInfo& x = f.in(0);
  const auto& i = f.in(1).dims;
  if (!x.dims || !i) return f.one(x.dtype, std::nullopt);
  const auto a = static_cast<std::ptrdiff_t>(f.axisOf(intOr(f.attributes, "axis", 0), *x.dims));
  Dims out = *x.dims;
  out.erase(out.begin() + a);
  out.insert(out.begin() + a, i->begin(), i->end());
  return f.one(x.dtype, out);
}

std::vector<ValueInfo> squeeze(const Inference& f) {
  const ValueInfo& x = f.in(0);
  const auto* axes = f.ints(1);
  if (!x.dims || axes == nullptr) return f.one(x.dtype, std::nullopt);
  Dims out;
  std::vector<bool> gone(x.dims->size(), false);
  for (const std::int64_t a : *axes) gone.at(static_cast<std::size_t>(f.axisOf(a, *x.dims))) = true;
  for (std::size_t i = 0; i < gone.size(); ++i)
    if (!gone[i]) out.push_back((*x.dims)[i]);
  return f.one(x.dtype, out);
}

std::vector<ValueInfo> unsqueeze(const Inference& f) {
  const ValueInfo& x = f.in(0);
  const auto* axes = f.ints(1);
  if (!x.dims || axes == nullptr) return f.one(x.dtype, std::nullopt);
  Dims out = *x.dims;
  for (const std::int64_t a : *axes) {
    const auto rank = static_cast<std::int64_t>(out.size());
    const std::int64_t at = a < 0 ? a + rank + 1 : a;
    if (at < 0 || at > rank) f.e.fail("a dimension is added where there is none");
    out.insert(out.begin() + at, 1);
  }
  return f.one(x.dtype, out);
}

std::vector<ValueInfo> reduce(const Inference& f) {
  const ValueInfo& x = f.in(0);
  const bool arg = f.op.starts_with("Arg");
  const DType type = arg ? DType::Int64 : x.dtype;
  if (!x.dims) return f.one(type, std::nullopt);
  const bool keep = intOr(f.attributes, "keepdims", 1) != 0;
  std::vector<std::int64_t> axes;
  if (arg)
    axes = {intOr(f.attributes, "axis", 0)};
  else if (const auto* given = f.ints(1))
    axes = *given;
  else
    for (std::size_t i = 0; i < x.dims->size(); ++i) axes.push_back(static_cast<std::int64_t>(i));
  std::vector<bool> gone(x.dims->size(), false);
  for (const std::int64_t a : axes)
    if (!x.dims->empty()) gone.at(static_cast<std::size_t>(f.axisOf(a, *x.dims))) = true;
  Dims out;
  for (std::size_t i = 0; i < gone.size(); ++i)
    if (!gone[i])
      out.push_back((*x.dims)[i]);
    else if (keep)
      out.push_back(1);
  return f.one(type, out);
}

std::vector<ValueInfo> padded(const Inference& f) {
  const ValueInfo& x = f.in(0);
  const auto* pads = f.ints(1);
  if (!x.dims || pads == nullptr || pads->size() != 2 * x.dims->size())
    return f.one(x.dtype, x.dims ? std::optional(f.freshDims(x.dims->size())) : std::nullopt);
  Dims out = *x.dims;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::int64_t a = (*pads)[i];
    const std::int64_t b = (*pads)[i + out.size()];
    if (a == 0 && b == 0) continue;
    out[i] = isSymbol(out[i]) || isSymbol(a) || isSymbol(b) ? f.fresh() : out[i] + a + b;
  }
  return f.one(x.dtype, out);
}

std::vector<ValueInfo> resize(const Inference& f) {
  const ValueInfo& x = f.in(0);
  const auto* sizes = f.ints(3);
  if (!x.dims) return f.one(x.dtype, std::nullopt);
  if (sizes != nullptr && sizes->size() == x.dims->size()) return f.one(x.dtype, *sizes);
  Dims out = f.freshDims(x.dims->size());
  for (std::size_t i = 0; i < std::min<std::size_t>(2, out.size()); ++i) out[i] = (*x.dims)[i];
  const TensorData* scales = f.has(2) ? f.e.data(f.inputs[2]) : nullptr;
  if (scales != nullptr && scales->count() == static_cast<std::int64_t>(out.size())) {
    const auto s = scales->toDoubles();
    for (std::size_t i = 2; i < out.size(); ++i)
      if (!isSymbol((*x.dims)[i])) out[i] = static_cast<std::int64_t>(static_cast<double>((*x.dims)[i]) * s[i]);
  }
  return f.one(x.dtype, out);
}

std::vector<ValueInfo> expand(const Inference& f) {
  const ValueInfo& x = f.in(0);
  const auto* target = f.ints(1);
  if (target == nullptr) return f.one(x.dtype, std::nullopt);
  return f.one(x.dtype, broadcastDims(f.e, x.dims, *target));
}

std::vector<ValueInfo> constantOfShape(const Inference& f) {
  const auto it = f.attributes.find("value");
  const auto* value = it != f.attributes.end() ? std::get_if<TensorData>(&it->second) : nullptr;
  const auto* dims = f.ints(0);
  return f.one(value != nullptr ? value->dtype() : DType::Float32,
               dims != nullptr ? std::optional(*dims) : std::nullopt);
}

std::vector<ValueInfo> shapeOf(const Inference& f) {
  const auto& d = f.in(0).dims;
  const std::int64_t from = intOr(f.attributes, "start", 0);
  const std::int64_t to = intOr(f.attributes, "end", d ? static_cast<std::int64_t>(d->size()) : -1);
  return f.one(DType::Int64, to >= from ? std::optional(Dims{to - from}) : std::nullopt);
}

std::vector<ValueInfo> split(const Inference& f) {
  const ValueInfo& x = f.in(0);
  if (!x.dims) return f.one(x.dtype, std::nullopt);
  const auto a = static_cast<std::size_t>(f.axisOf(intOr(f.attributes, "axis", 0), *x.dims));
  const auto* sizes = f.ints(1);
  std::vector<ValueInfo> infos;
  for (std::size_t i = 0; i < f.outputs; ++i) {
    Dims d = *x.dims;
    d[a] = sizes != nullptr && i < sizes->size() ? (*sizes)[i] : f.fresh();
    infos.push_back({x.dtype, d});
  }
  return infos;
}

std::vector<ValueInfo> topK(const Inference& f) {
  const ValueInfo& x = f.in(0);
  std::optional<Dims> d = x.dims;
  if (d) {
    const auto* k = f.ints(1);
    (*d)[static_cast<std::size_t>(f.axisOf(intOr(f.attributes, "axis", -1), *d))] = k != nullptr ? k->at(0) : f.fresh();
  }
  return {{x.dtype, d}, {DType::Int64, d}};
}

std::vector<ValueInfo> flatten(const Inference& f) {
  const ValueInfo& x = f.in(0);
  const std::int64_t axis = intOr(f.attributes, "axis", 1);
  if (!x.dims) return f.one(x.dtype, axis == 1 ? std::optional(f.freshDims(2)) : std::nullopt);
  std::array<std::int64_t, 2> out{1, 1};
  for (std::size_t i = 0; i < x.dims->size(); ++i) {
    std::int64_t& n = out[static_cast<std::int64_t>(i) < axis ? 0 : 1];
    const std::int64_t d = (*x.dims)[i];
    if (n == 1)
      n = d;
    else if (d != 1)
      n = isSymbol(n) || isSymbol(d) ? f.fresh() : n * d;
  }
  return f.one(x.dtype, Dims{out[0], out[1]});
}

std::vector<ValueInfo> globalPool(const Inference& f) {
  const ValueInfo& x = f.in(0);
  if (!x.dims || x.dims->size() < 2) return f.one(x.dtype, std::nullopt);
  Dims out(x.dims->size(), 1);
  out[0] = (*x.dims)[0];
  out[1] = (*x.dims)[1];
  return f.one(x.dtype, out);
}

std::vector<ValueInfo> elementwise(const Inference& f, std::optional<DType> type = {}, std::size_t from = 0) {
  std::optional<Dims> dims = f.in(0).dims;
  for (std::size_t i = 1; i < f.inputs.size(); ++i)
    if (f.has(i)) dims = broadcastDims(f.e, dims, f.in(i).dims);
  return f.one(type ? *type : f.in(from).dtype, dims);
}

std::vector<ValueInfo> adaptivePool(const Inference& f) {
  const ValueInfo& x = f.in(0);
  const auto size = intsOr(f.attributes, "output_size", {});
  if (!x.dims || x.dims->size() < size.size()) return f.one(x.dtype, std::nullopt);
  Dims out = *x.dims;
  for (std::size_t i = 0; i < size.size(); ++i) out[out.size() - size.size() + i] = size[i];
  return f.one(x.dtype, out);
}

using InferFunction = std::function<std::vector<ValueInfo>(const Inference&)>;

std::map<std::string, InferFunction, std::less<>> makeFunctions() {
  std::map<std::string, InferFunction, std::less<>> t;
  const auto all = [&t](std::initializer_list<const char*> names, const InferFunction& f) {
    for (const char* name : names) t[name] = f;
  };
  const InferFunction broadcast = [](const Inference& f) { return elementwise(f); };
  all({"Conv", "MaxPool", "AveragePool", "LpPool"}, window);
  all({"GlobalAveragePool", "GlobalMaxPool"}, globalPool);
  all({"AdaptiveAvgPool", "AdaptiveMaxPool"}, adaptivePool);
  t["ConvTranspose"] = transposedConv;
  t["MatMul"] = matmul;
  t["Gemm"] = gemm;
  t["Reshape"] = reshape;
  t["Transpose"] = transpose;
  t["Concat"] = concat;
  t["Slice"] = slice;
  t["Gather"] = gather;
  t["Squeeze"] = squeeze;
  t["Unsqueeze"] = unsqueeze;
  t["Pad"] = padded;
  t["Resize"] = resize;
  t["Expand"] = expand;
  t["ConstantOfShape"] = constantOfShape;
  t["Shape"] = shapeOf;
  t["Split"] = split;
  t["TopK"] = topK;
  t["Flatten"] = flatten;
  all({"ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceLogSumExp",
       "ReduceSumSquare", "ArgMax", "ArgMin"},
      reduce);
  all({"Add", "Sub", "Mul", "Div", "Pow", "Mod", "Max", "Min", "PRelu", "And", "Or", "Xor", "BitwiseAnd", "BitwiseOr",
       "BitwiseXor"},
      broadcast);
  all({"Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual"},
      [](const Inference& f) { return elementwise(f, DType::Bool); });
  all({"IsNaN", "IsInf", "Not"}, [](const Inference& f) { return f.one(DType::Bool, f.in(0).dims); });
  t["Where"] = [](const Inference& f) { return elementwise(f, std::nullopt, 1); };
  t["GatherElements"] = [](const Inference& f) { return f.one(f.in(0).dtype, f.in(1).dims); };
  // Outputs beyond the first (statistics, masks) are never asked for.
  for (const char* name : {"Identity",
                           "Relu",
                           "Sigmoid",
                           "Tanh",
                           "HardSigmoid",
                           "HardSwish",
                           "LeakyRelu",
                           "Elu",
                           "Celu",
                           "Selu",
                           "Gelu",
                           "Softplus",
                           "Softsign",
                           "Mish",
                           "ThresholdedRelu",
                           "Shrink",
                           "Softmax",
                           "LogSoftmax",
                           "BatchNormalization",
                           "LayerNormalization",
                           "GroupNormalization",
                           "InstanceNormalization",
                           "RMSNormalization",
                           "LRN",
                           "LpNormalization",
                           "Clip",
                           "Exp",
                           "Log",
                           "Sqrt",
                           "Abs",
                           "Neg",
                           "Reciprocal",
                           "Floor",
                           "Ceil",
                           "Round",
                           "Sign",
                           "Sin",
                           "Cos",
                           "Tan",
                           "Asin",
                           "Acos",
                           "Atan",
                           "Sinh",
                           "Cosh",
                           "Asinh",
                           "Acosh",
                           "Atanh",
                           "Erf",
                           "Cast",
                           "CumSum",
                           "ScatterND",
                           "ScatterElements",
                           "Trilu",
                           "BitwiseNot",
                           "RandomNormalLike",
                           "RandomUniformLike"})
    t[name] = [](const Inference& f) { return f.same(); };
  return t;
}

}  // namespace

std::optional<Dims> broadcastDims(Emitter& e, const std::optional<Dims>& a, const std::optional<Dims>& b) {
  if (!a || !b) return std::nullopt;
  const Dims& longer = a->size() >= b->size() ? *a : *b;
  const Dims& shorter = a->size() >= b->size() ? *b : *a;
  Dims out = longer;
  const std::size_t shift = longer.size() - shorter.size();
  for (std::size_t i = 0; i < shorter.size(); ++i) {
    std::int64_t& n = out[i + shift];
    const std::int64_t m = shorter[i];
    if (n == m || m == 1) continue;
    if (n == 1)
      n = m;
    else if (e.sameSize(n, m))
      n = isSymbol(n) && isSymbol(m) ? n : (isSymbol(n) ? n : m);
    else if (isSymbol(n) && !isSymbol(m))
      n = m;
    else if (isSymbol(n) && isSymbol(m))
      n = e.newSymbol();
    else if (!isSymbol(n) && !isSymbol(m))
      e.fail("values of sizes that do not fit each other are combined");
  }
  return out;
}

std::vector<ValueInfo> inferOutputs(Emitter& e, std::string_view op, const std::vector<ValueId>& inputs,
                                    const Emitter::Attributes& attributes, std::size_t outputs) {
  static const auto functions = makeFunctions();
  const Inference inference{e, op, inputs, attributes, outputs};
  const auto it = functions.find(op);
  if (it != functions.end()) {
    std::vector<ValueInfo> infos = it->second(inference);
    infos.resize(outputs);
    return infos;
  }
  const bool first = !inputs.empty() && inputs.front() != kNoValue;
  return std::vector<ValueInfo>(outputs, ValueInfo{first ? e.dtype(inputs.front()) : DType::Float32, std::nullopt});
}

}  // namespace unitscope::aten
