#include <algorithm>
#include <string>
#include <tuple>

#include "exec/ops/families.h"
#include "exec/ops/window.h"

namespace unitscope::ops {
namespace {

/// The window padded by hand: behind this, pooling needs neither padding nor ceil mode.
struct Padded {
  Window window;  // its padding covers exactly what the places touch
  Ints places;
};

Padded padByHand(const OpCall& call, Window w, at::IntArrayRef sizes, bool ceil) {
  Padded p;
  for (std::size_t i = 0; i < w.kernel.size(); ++i) {
    const std::int64_t length = sizes[i + 2];
    p.places.push_back(placesOf(call, w, i, length, ceil));
    const std::int64_t needed = (p.places[i] - 1) * w.strides[i] + w.extent(i);
    // What no window reads is cut off, or it would make room for another.
    w.end[i] = needed - length - w.begin[i];
  }
  p.window = std::move(w);
  return p;
}

/// Whether LibTorch pools this without help: it takes symmetric padding of at most half the window.
bool isPlain(const OpCall& call, const Window& w, at::IntArrayRef sizes, bool ceil) {
  if (w.kernel.size() > 3) call.fail("more than three spatial axes are not supported");
  for (std::size_t i = 0; i < w.kernel.size(); ++i) {
    if (w.begin[i] != w.end[i] || w.begin[i] < 0 || w.begin[i] > w.kernel[i] / 2) return false;
    (void)placesOf(call, w, i, sizes[i + 2], ceil);
  }
  return true;
}

std::tuple<at::Tensor, at::Tensor> maxWithIndices(const at::Tensor& x, const Window& w, const Ints& pads, bool ceil) {
  switch (w.rank()) {
    case 1: return at::max_pool1d_with_indices(x, w.kernel, w.strides, pads, w.dilations, ceil);
    case 2: return at::max_pool2d_with_indices(x, w.kernel, w.strides, pads, w.dilations, ceil);
    default: return at::max_pool3d_with_indices(x, w.kernel, w.strides, pads, w.dilations, ceil);
  }
}

/// Indices within padded planes as ONNX counts them: over the whole tensor without padding, row- or column-major.
at::Tensor flatIndices(const at::Tensor& index, at::IntArrayRef sizes, const Window& w, const Ints& pads,
                       bool columnMajor) {
  const std::size_t axes = w.kernel.size();
  at::Tensor rest = index;
  at::Tensor flat = at::zeros_like(index);
  std::int64_t step = 1;
  std::vector<at::Tensor> coordinates(axes);
  for (std::size_t i = axes; i-- > 0;) {
    const std::int64_t length = sizes[i + 2] + 2 * pads[i];
    coordinates[i] = (rest.remainder(length) - pads[i]).clamp(0, sizes[i + 2] - 1);
    rest = at::div(rest, length, "floor");
  }
  for (std::size_t k = 0; k < axes; ++k) {
    const std::size_t i = columnMajor ? k : axes - 1 - k;
    flat = flat + coordinates[i] * step;
    step *= sizes[i + 2];
  }
  Ints planes(index.sizes().size(), 1);
  planes[0] = sizes[0];
  planes[1] = sizes[1];
  return flat + at::arange(sizes[0] * sizes[1], index.options()).reshape(planes) * step;
}

Tensors maxPool(const OpCall& call) {
  const at::Tensor& input = atLeast(call, 0, 3);
  at::Tensor x = isFloat(input) ? input : input.to(at::kDouble);
  const Window given = readWindow(call, x.sizes());
  const bool ceil = call.node.intOr("ceil_mode", 0) != 0;
  const bool wantIndices = call.outputCount() > 1 && call.node.outputs[1] != kNoValue;
  const auto typed = [&](const at::Tensor& y) { return isFloat(input) ? y : y.to(input.scalar_type()); };
  if (isPlain(call, given, x.sizes(), ceil)) {
    if (!wantIndices && given.rank() == 2)
      return {typed(at::max_pool2d(x, given.kernel, given.strides, given.begin, given.dilations, ceil))};
    const auto [y, index] = maxWithIndices(x, given, given.begin, ceil);
    if (!wantIndices) return {typed(y)};
    // LibTorch's indices do not count the padding.
    const Ints none(given.kernel.size(), 0);
    return {typed(y), flatIndices(index, x.sizes(), given, none, call.node.intOr("storage_order", 0) != 0)};
  }
  const Padded p = padByHand(call, given, x.sizes(), ceil);
  const Ints sizes = x.sizes().vec();
  x = at::constant_pad_nd(x, p.window.padding(), -std::numeric_limits<double>::infinity());
  const Ints none(given.kernel.size(), 0);
  const auto [y, index] = maxWithIndices(x, p.window, none, false);
  if (!wantIndices) return {typed(y)};
  // Positions in the padded plane back to positions in the input.
  at::Tensor rest = index, inside = at::zeros_like(index);
  std::int64_t step = 1;
  for (std::size_t i = given.kernel.size(); i-- > 0;) {
    const std::int64_t length = x.size(static_cast<std::int64_t>(i) + 2);
    inside = inside + (rest.remainder(length) - p.window.begin[i]).clamp(0, sizes[i + 2] - 1) * step;
    rest = at::div(rest, length, "floor");
    step *= sizes[i + 2];
  }
  return {typed(y), flatIndices(inside, sizes, given, none, call.node.intOr("storage_order", 0) != 0)};
}

at::Tensor averagePlain(const at::Tensor& x, const Window& w, const Ints& pads, bool ceil, bool includePad) {
  switch (w.rank()) {
    case 1: return at::avg_pool1d(x, w.kernel, w.strides, pads, ceil, includePad);
    case 2: return at::avg_pool2d(x, w.kernel, w.strides, pads, ceil, includePad);
    default: return at::avg_pool3d(x, w.kernel, w.strides, pads, ceil, includePad);
  }
}

/// Sum over every window of an x that is padded already.
at::Tensor windowSums(const at::Tensor& x, const Window& w) {
  const Ints none(w.kernel.size(), 0);
  if (!w.dilated()) {
    std::int64_t taps = 1;
    for (const std::int64_t k : w.kernel) taps *= k;
    return averagePlain(x, w, none, false, true) * static_cast<double>(taps);
  }
  Ints planes = x.sizes().vec();
  planes[0] *= planes[1];
  planes[1] = 1;
  Ints kernel = w.kernel;
  kernel.insert(kernel.begin(), 2, 1);
  at::Tensor y = at::convolution(x.reshape(planes), at::ones(kernel, x.options()), {}, w.strides, none, w.dilations,
                                 false, none, 1);
  Ints shape = y.sizes().vec();
  shape[0] = x.size(0);
  shape[1] = x.size(1);
  return y.reshape(shape);
}

Tensors averagePool(const OpCall& call) {
  const at::Tensor& x = atLeast(call, 0, 3);
  const Window given = readWindow(call, x.sizes());
  const bool ceil = call.node.intOr("ceil_mode", 0) != 0;
  const bool includePad = call.node.intOr("count_include_pad", 0) != 0;
  if (isPlain(call, given, x.sizes(), ceil) && !given.dilated())
    return {averagePlain(x, given, given.begin, ceil, includePad)};
  const Padded p = padByHand(call, given, x.sizes(), ceil);
  const at::Tensor sums = windowSums(at::constant_pad_nd(x, p.window.padding(), 0), p.window);
  // How many elements count in each window.
  Ints ones = x.sizes().vec();
  ones[0] = ones[1] = 1;
  at::Tensor mask = at::ones(ones, x.options());
  if (includePad) {
    mask = at::constant_pad_nd(mask, given.padding(), 1);
    Window beyond = p.window;
    for (std::size_t i = 0; i < given.kernel.size(); ++i) {
      beyond.begin[i] = 0;
      beyond.end[i] -= given.end[i];
    }
    mask = at::constant_pad_nd(mask, beyond.padding(), 0);
  } else {
    mask = at::constant_pad_nd(mask, p.window.padding(), 0);
  }
  return {sums / windowSums(mask, p.window).round().clamp_min(1)};
}

/// (sum |x|^p)^(1/p) over every window. The derivative where a whole window is zero is taken as zero.
Tensors lpPool(const OpCall& call) {
  const at::Tensor& x = atLeast(call, 0, 3);
  const double p = static_cast<double>(call.node.intOr("p", 2));
  if (p < 1) call.fail("p must be at least 1");
  const Window given = readWindow(call, x.sizes());
  if (given.rank() > 3) call.fail("more than three spatial axes are not supported");
  const Padded padded = padByHand(call, given, x.sizes(), call.node.intOr("ceil_mode", 0) != 0);
  const at::Tensor powers = at::constant_pad_nd(x.abs().pow(p), padded.window.padding(), 0);
  const at::Tensor sums = windowSums(powers, padded.window);
  const at::Tensor positive = sums > 0;
  return {at::where(positive, at::where(positive, sums, at::ones_like(sums)).pow(1 / p), at::zeros_like(sums))};
}

Tensors globalAveragePool(const OpCall& call) {
  const at::Tensor& x = atLeast(call, 0, 2);
  if (x.dim() == 2) return {x};
  return {x.mean(counting(x.dim() - 2, 2), true)};
}

Tensors globalMaxPool(const OpCall& call) {
  const at::Tensor& x = atLeast(call, 0, 2);
  if (x.dim() == 2) return {x};
  // Unlike amax, max along an axis hands the whole gradient to one place, as a pooling does.
  Ints shape(static_cast<std::size_t>(x.dim()), 1);
  shape[0] = x.size(0);
  shape[1] = x.size(1);
  return {std::get<0>(x.flatten(2).max(2)).reshape(shape)};
}

Tensors globalLpPool(const OpCall& call) {
  const at::Tensor& x = atLeast(call, 0, 3);
  return {at::linalg_vector_norm(x, static_cast<double>(call.node.intOr("p", 2)), counting(x.dim() - 2, 2), true)};
}

/// Puts the values back where MaxPool found them; all else is zero.
Tensors maxUnpool(const OpCall& call) {
  const at::Tensor& x = atLeast(call, 0, 3);
  const at::Tensor& indices = call.in(1);
  if (indices.sizes() != x.sizes()) call.fail("values and indices differ in shape");
  const Window w = readWindow(call, x.sizes());
  Ints shape = x.sizes().vec();
  std::int64_t count = shape[0] * shape[1];
  for (std::size_t i = 0; i < w.kernel.size(); ++i) {
    shape[i + 2] = (shape[i + 2] - 1) * w.strides[i] + w.extent(i) - w.begin[i] - w.end[i];
    if (shape[i + 2] < 1) call.fail("the result would be empty");
    count *= shape[i + 2];
  }
  const at::Tensor places = wrapIndices(call, indices, count, x).flatten();
  at::Tensor y = at::zeros({count}, x.options()).scatter(0, places, x.flatten()).reshape(shape);
  if (!call.has(2)) return {y};
  const Ints wanted = call.ints(2);
  if (wanted.size() != shape.size()) call.fail("output_shape needs one entry for each axis");
  Ints padding;
  for (std::size_t i = shape.size(); i-- > 0;) {
    padding.push_back(0);
    padding.push_back(wanted[i] - shape[i]);
  }
  return {at::constant_pad_nd(y, padding, 0)};
}

template <bool kMaximum>
Tensors adaptivePool(const OpCall& call) {
  const at::Tensor& x = atLeast(call, 0, 3);
  const Ints size = call.node.intsOr("output_size");
  if (static_cast<std::int64_t>(size.size()) != x.dim() - 2 || size.size() > 3)
    call.fail("output_size needs one entry for each spatial axis, at most three");
  for (const std::int64_t s : size)
    if (s < 1) call.fail("output_size contains " + std::to_string(s));
  switch (size.size()) {
    case 1: return {kMaximum ? std::get<0>(at::adaptive_max_pool1d(x, size)) : at::adaptive_avg_pool1d(x, size)};
    case 2: return {kMaximum ? std::get<0>(at::adaptive_max_pool2d(x, size)) : at::adaptive_avg_pool2d(x, size)};
    default: return {kMaximum ? std::get<0>(at::adaptive_max_pool3d(x, size)) : at::adaptive_avg_pool3d(x, size)};
  }
}

}  // namespace

void addPooling(OperatorTable& table) {
  table.add("MaxPool", maxPool);
  table.add("AveragePool", averagePool);
  table.add("LpPool", lpPool);
  table.add("GlobalAveragePool", globalAveragePool);
  table.add("GlobalMaxPool", globalMaxPool);
  table.add("GlobalLpPool", globalLpPool);
  table.add("MaxUnpool", maxUnpool);
  table.add("AdaptiveAvgPool", adaptivePool<false>, kUnitscopeDomain);
  table.add("AdaptiveMaxPool", adaptivePool<true>, kUnitscopeDomain);
  addRegions(table);
}

}  // namespace unitscope::ops
