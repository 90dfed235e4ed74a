#include "formats/aten/shape_inference.h"

namespace unitscope::aten {
namespace {

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

}  // namespace

std::vector<ValueInfo> inferWindow(const Inference& f) {
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

std::vector<ValueInfo> inferTransposedConv(const Inference& f) {
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

std::vector<ValueInfo> inferPadded(const Inference& f) {
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

std::vector<ValueInfo> inferResize(const Inference& f) {
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

std::vector<ValueInfo> inferGlobalPool(const Inference& f) {
  const ValueInfo& x = f.in(0);
  if (!x.dims || x.dims->size() < 2) return f.one(x.dtype, std::nullopt);
  Dims out(x.dims->size(), 1);
  out[0] = (*x.dims)[0];
  out[1] = (*x.dims)[1];
  return f.one(x.dtype, out);
}

std::vector<ValueInfo> inferAdaptivePool(const Inference& f) {
  const ValueInfo& x = f.in(0);
  const auto size = intsOr(f.attributes, "output_size", {});
  if (!x.dims || x.dims->size() < size.size()) return f.one(x.dtype, std::nullopt);
  Dims out = *x.dims;
  for (std::size_t i = 0; i < size.size(); ++i) out[out.size() - size.size() + i] = size[i];
  return f.one(x.dtype, out);
}

}  // namespace unitscope::aten
