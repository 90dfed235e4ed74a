#include <algorithm>
#include <string>

#include "exec/ops/families.h"
#include "exec/ops/helpers.h"

namespace unitscope::ops {
namespace {

/// Positions in an axis of `length` from which the padded axis takes its elements.
at::Tensor sources(const std::string& mode, std::int64_t length, std::int64_t begin, std::int64_t end) {
  const at::Tensor i = at::arange(-begin, length + end, at::kLong);
  if (mode == "edge") return i.clamp(0, length - 1);
  if (mode == "wrap") return i.remainder(length);
  if (length == 1) return at::zeros_like(i);
  // Reflection without repeating the edge has the period 2 (length - 1).
  const at::Tensor phase = i.remainder(2 * (length - 1));
  return at::where(phase < length, phase, 2 * (length - 1) - phase);
}

/// LibTorch's own kernels for what they can do: planes of floats, padded by less than their size.
bool hasKernel(const at::Tensor& x, const Ints& begin, const Ints& end, const std::string& mode) {
  if (x.dim() != 4 || !isFloat(x) || (mode != "reflect" && mode != "edge") || x.numel() == 0) return false;
  for (std::size_t i = 0; i < 4; ++i) {
    const std::int64_t limit = i < 2 ? 0 : x.size(static_cast<std::int64_t>(i)) - 1;
    if (begin[i] < 0 || end[i] < 0 || begin[i] > limit || end[i] > limit) return false;
  }
  return true;
}

Tensors pad(const OpCall& call) {
  const at::Tensor& x = call.in(0);
  const Ints pads = call.ints(1);
  const Ints axes = call.has(3) ? call.ints(3) : counting(x.dim());
  if (pads.size() != 2 * axes.size()) call.fail("pads needs two entries for each padded axis");
  (void)wrapAxes(call, axes, x.dim());
  Ints begin(static_cast<std::size_t>(x.dim()), 0), end = begin;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto axis = static_cast<std::size_t>(wrapAxis(call, axes[i], x.dim()));
    begin[axis] = pads[i];
    end[axis] = pads[i + axes.size()];
  }
  Ints padding;
  for (std::size_t i = begin.size(); i-- > 0;) padding.insert(padding.end(), {begin[i], end[i]});

  const std::string mode = call.node.stringOr("mode", "constant");
  if (mode == "constant") {
    if (call.has(2) && call.in(2).numel() != 1) call.fail("the constant must be one number");
    return {at::constant_pad_nd(x, padding, call.has(2) ? call.in(2).detach().item() : at::Scalar(0))};
  }
  if (mode != "reflect" && mode != "edge" && mode != "wrap")
    call.fail("mode is '" + mode + "', known are constant, reflect, edge and wrap");
  if (hasKernel(x, begin, end, mode)) {
    const Ints plane(padding.begin(), padding.begin() + 4);
    return {mode == "edge" ? at::replication_pad2d(x, plane) : at::reflection_pad2d(x, plane)};
  }
  at::Tensor y = x;
  for (std::size_t i = 0; i < begin.size(); ++i) {
    if (begin[i] == 0 && end[i] == 0) continue;
    const auto axis = static_cast<std::int64_t>(i);
    const std::int64_t length = y.size(axis);
    if (length < 1) call.fail("an empty axis cannot be padded with its own elements");
    if (-begin[i] > length || length + end[i] < -begin[i]) call.fail("more is cut off than there is");
    y = y.index_select(axis, beside(sources(mode, length, begin[i], end[i]), y));
  }
  return {y};
}

}  // namespace

void addPad(OperatorTable& table) {
  table.add("Pad", pad);
}

}  // namespace unitscope::ops
