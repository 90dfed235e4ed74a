#include <string>
#include <tuple>

#include "exec/ops/families.h"
#include "exec/ops/window.h"

namespace unitscope::ops {
namespace {

/// Unique values, where each occurs first, which one every element is, and how often each occurs.
Tensors unique(const OpCall& call) {
  at::Tensor x = call.in(0);
  std::int64_t axis = 0;
  if (call.node.has("axis"))
    axis = wrapAxis(call, call.node.intOr("axis", 0), atLeast(call, 0, 1).dim());
  else
    x = x.flatten();
  auto [values, inverse, counts] = at::unique_dim(x, axis, /*sorted=*/true, /*return_inverse=*/true, true);
  const std::int64_t found = values.size(axis);
  const at::Tensor order = at::arange(inverse.numel(), inverse.options());
  at::Tensor first = at::full({found}, inverse.numel(), inverse.options());
  first = at::scatter_reduce(first, 0, inverse, order, "amin", /*include_self=*/true);
  if (call.node.intOr("sorted", 1) == 0) {
    const at::Tensor byPlace = first.argsort();
    values = values.index_select(axis, byPlace);
    counts = counts.index_select(0, byPlace);
    first = first.index_select(0, byPlace);
    inverse = byPlace.argsort().index_select(0, inverse);
  }
  return {values, first, inverse, counts};
}

/// Adds the columns [N, C*block, L] of a sliding window back to where they came from.
Tensors col2im(const OpCall& call) {
  const at::Tensor& x = exactly(call, 0, 3);
  const Ints image = call.ints(1), block = call.ints(2);
  const std::size_t axes = image.size();
  if (axes < 1 || block.size() != axes) call.fail("image and block shape differ in length");
  Ints sizes{x.size(0), 1};
  for (const std::int64_t s : image) {
    if (s < 1 || s > (1 << 30)) call.fail("the image shape contains " + std::to_string(s));
    sizes.push_back(s);
  }
  const Window w = readWindow(call, sizes, block);
  // Position of each tap at each place in the padded image, flattened.
  at::Tensor positions = at::zeros({1, 1}, at::kLong);
  Ints padded, crop;
  std::int64_t taps = 1, places = 1, elements = 1;
  for (std::size_t i = 0; i < axes; ++i) {
    if (w.begin[i] < 0 || w.end[i] < 0) call.fail("negative padding is not supported");
    const std::int64_t count = placesOf(call, w, i, image[i], false);
    padded.push_back(image[i] + w.begin[i] + w.end[i]);
    const at::Tensor tap = at::arange(w.kernel[i], at::kLong) * w.dilations[i];
    const at::Tensor start = at::arange(count, at::kLong) * w.strides[i];
    const at::Tensor one = tap.unsqueeze(1) + start.unsqueeze(0);
    positions = (positions.reshape({taps, 1, places, 1}) * padded[i] + one.reshape({1, w.kernel[i], 1, count}));
    taps *= w.kernel[i];
    places *= count;
    elements *= padded[i];
    positions = positions.reshape({taps, places});
  }
  if (x.size(1) % taps != 0 || x.size(2) != places)
    call.fail("the columns do not have the shape [N, C * " + std::to_string(taps) + ", " + std::to_string(places) +
              "]");
  const std::int64_t channels = x.size(1) / taps;
  const at::Tensor columns = x.reshape({x.size(0), channels, taps * places});
  Ints shape{x.size(0), channels};
  shape.insert(shape.end(), padded.begin(), padded.end());
  at::Tensor y = at::zeros({x.size(0), channels, elements}, x.options())
                     .index_add(2, beside(positions.flatten(), x), columns)
                     .reshape(shape);
  for (std::size_t i = 0; i < axes; ++i) y = y.narrow(static_cast<std::int64_t>(i) + 2, w.begin[i], image[i]);
  return {y};
}

}  // namespace

void addMisc(OperatorTable& table) {
  table.add("Unique", unique);
  table.add("Col2Im", col2im);
  addLosses(table);
  addSignal(table);
  addQuantized(table);
}

}  // namespace unitscope::ops
