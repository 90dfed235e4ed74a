#include <algorithm>
#include <string>

#include <ATen/ExpandUtils.h>

#include "exec/ops/families.h"
#include "exec/ops/helpers.h"

namespace unitscope::ops {
namespace {

/// 0 copies the input's length (unless allowzero), -1 takes what is left.
Tensors reshape(const OpCall& call) {
  const at::Tensor& x = call.in(0);
  Ints shape = call.ints(1);
  const bool zeroIsZero = call.node.intOr("allowzero", 0) != 0;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] != 0 || zeroIsZero) continue;
    if (static_cast<std::int64_t>(i) >= x.dim()) call.fail("a length is to be copied from an axis that does not exist");
    shape[i] = x.size(static_cast<std::int64_t>(i));
  }
  return {x.reshape(shape)};
}

Tensors flatten(const OpCall& call) {
  const at::Tensor& x = call.in(0);
  std::int64_t axis = call.node.intOr("axis", 1);
  if (axis < 0) axis += x.dim();
  if (axis < 0 || axis > x.dim()) call.fail("axis " + std::to_string(axis) + " does not exist");
  std::int64_t rows = 1, columns = 1;
  for (std::int64_t i = 0; i < x.dim(); ++i) (i < axis ? rows : columns) *= x.size(i);
  return {x.reshape({rows, columns})};
}

Tensors transpose(const OpCall& call) {
  const at::Tensor& x = call.in(0);
  Ints order = call.node.intsOr("perm");
  if (order.empty()) {
    order = counting(x.dim());
    std::ranges::reverse(order);
  }
  return {x.permute(order)};
}

Tensors concat(const OpCall& call) {
  if (call.inputs.empty()) call.fail("nothing to join");
  const at::Tensor& first = atLeast(call, 0, 1);
  for (std::size_t i = 1; i < call.inputs.size(); ++i) exactly(call, i, first.dim());
  const std::int64_t axis = wrapAxis(call, call.node.intOr("axis", 0), first.dim());
  return {at::cat(onOneDevice(call), axis)};
}

Tensors split(const OpCall& call) {
  const at::Tensor& x = atLeast(call, 0, 1);
  const std::int64_t axis = wrapAxis(call, call.node.intOr("axis", 0), x.dim());
  const std::int64_t length = x.size(axis);
  Ints sizes;
  if (call.has(1)) {
    sizes = call.ints(1);
  } else {
    const auto outputs = static_cast<std::int64_t>(call.outputCount());
    const std::int64_t parts = call.node.intOr("num_outputs", outputs);
    if (parts < 1 || parts != outputs) call.fail("num_outputs does not agree with the outputs");
    const std::int64_t each = (length + parts - 1) / parts;
    std::int64_t left = length;
    for (std::int64_t i = 0; i < parts; ++i) {
      sizes.push_back(std::min(each, left));
      left -= sizes.back();
    }
  }
  for (const std::int64_t s : sizes)
    if (s < 0) call.fail("a part has a negative length");
  if (sizes.size() != call.outputCount()) call.fail("the number of parts is not that of the outputs");
  return at::split_with_sizes(x, sizes, axis);
}

/// One axis of Slice, counted as Python does.
at::Tensor sliceAxis(const OpCall& call, const at::Tensor& x, std::int64_t axis, std::int64_t start, std::int64_t end,
                     std::int64_t step) {
  const std::int64_t length = x.size(axis);
  if (step == 0) call.fail("a step is 0");
  // Steps beyond the length all mean "one element", and shorter numbers cannot overflow.
  const std::int64_t reach = std::max<std::int64_t>(length, 1);
  step = std::clamp(step, -reach, reach);
  const auto place = [&](std::int64_t v, std::int64_t low, std::int64_t high) {
    return std::clamp(v < 0 ? v + length : v, low, high);
  };
  if (step > 0) {
    start = place(start, 0, length);
    end = std::max(start, place(end, 0, length));
    return start == 0 && end == length && step == 1 ? x : at::slice(x, axis, start, end, step);
  }
  start = place(start, -1, length - 1);
  end = place(end, -1, length - 1);
  const std::int64_t count = start > end ? (start - end - step - 1) / -step : 0;
  if (count == 0) return at::slice(x, axis, 0, 0, 1);
  return at::slice(x, axis, start + (count - 1) * step, start + 1, -step).flip({axis});
}

Tensors slice(const OpCall& call) {
  at::Tensor x = call.in(0);
  const Ints starts = call.ints(1), ends = call.ints(2);
  const Ints axes = call.has(3) ? call.ints(3) : counting(static_cast<std::int64_t>(starts.size()));
  const Ints steps = call.has(4) ? call.ints(4) : Ints(starts.size(), 1);
  if (ends.size() != starts.size() || axes.size() != starts.size() || steps.size() != starts.size())
    call.fail("starts, ends, axes and steps differ in length");
  (void)wrapAxes(call, axes, x.dim());
  for (std::size_t i = 0; i < axes.size(); ++i)
    x = sliceAxis(call, x, wrapAxis(call, axes[i], x.dim()), starts[i], ends[i], steps[i]);
  return {x};
}

Tensors squeeze(const OpCall& call) {
  at::Tensor x = call.in(0);
  if (!call.has(1)) return {x.squeeze()};
  const Ints axes = wrapAxes(call, call.ints(1), x.dim());
  for (std::size_t i = axes.size(); i-- > 0;) {
    if (x.size(axes[i]) != 1)
      call.fail("axis " + std::to_string(axes[i]) + " has length " + std::to_string(x.size(axes[i])) + ", not 1");
    x = x.squeeze(axes[i]);
  }
  return {x};
}

Tensors unsqueeze(const OpCall& call) {
  at::Tensor x = call.in(0);
  const Ints given = call.ints(1);
  for (const std::int64_t axis : wrapAxes(call, given, x.dim() + static_cast<std::int64_t>(given.size())))
    x = x.unsqueeze(axis);
  return {x};
}

Tensors expand(const OpCall& call) {
  const at::Tensor& x = call.in(0);
  const Ints shape = call.ints(1);
  for (const std::int64_t s : shape)
    if (s < 0) call.fail("the shape contains " + std::to_string(s));
  return {x.expand(at::infer_size(x.sizes(), shape))};
}

Tensors tile(const OpCall& call) {
  const at::Tensor& x = call.in(0);
  const Ints repeats = call.ints(1);
  if (static_cast<std::int64_t>(repeats.size()) != x.dim()) call.fail("repeats needs one entry for each axis");
  for (const std::int64_t r : repeats)
    if (r < 0) call.fail("repeats contains " + std::to_string(r));
  return {x.repeat(repeats)};
}

/// Cuts or pads (with zeros) about the centre.
Tensors centerCropPad(const OpCall& call) {
  const at::Tensor& x = call.in(0);
  const Ints wanted = call.ints(1);
  Ints axes = call.node.intsOr("axes", counting(x.dim()));
  (void)wrapAxes(call, axes, x.dim());
  if (wanted.size() != axes.size()) call.fail("the shape needs one entry for each axis");
  Ints begin(static_cast<std::size_t>(x.dim()), 0), end = begin;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::int64_t axis = wrapAxis(call, axes[i], x.dim());
    if (wanted[i] < 0) call.fail("the shape contains " + std::to_string(wanted[i]));
    const std::int64_t more = wanted[i] - x.size(axis);
    // An odd rest goes behind, when padding as when cropping.
    const std::int64_t before = more >= 0 ? more / 2 : -(-more / 2);
    begin[static_cast<std::size_t>(axis)] = before;
    end[static_cast<std::size_t>(axis)] = more - before;
  }
  Ints padding;
  for (std::size_t i = begin.size(); i-- > 0;) padding.insert(padding.end(), {begin[i], end[i]});
  return {at::constant_pad_nd(x, padding, 0)};
}

/// Turns round the first lengths[b] steps of every sequence b.
Tensors reverseSequence(const OpCall& call) {
  const at::Tensor& x = atLeast(call, 0, 2);
  const std::int64_t batchAxis = call.node.intOr("batch_axis", 1), timeAxis = call.node.intOr("time_axis", 0);
  if (batchAxis + timeAxis != 1 || (batchAxis != 0 && batchAxis != 1)) call.fail("batch and time axis must be 0 and 1");
  const std::int64_t steps = x.size(timeAxis);
  const at::Tensor lengths = beside(exactly(call, 1, 1), x).to(at::kLong).unsqueeze(1);
  if (lengths.size(0) != x.size(batchAxis)) call.fail("sequence_lens needs one entry for each sequence");
  if (lengths.numel() > 0 && (lengths.min().item<std::int64_t>() < 0 || lengths.max().item<std::int64_t>() > steps))
    call.fail("a sequence length lies outside the time axis");
  const at::Tensor time = at::arange(steps, lengths.options()).unsqueeze(0);
  at::Tensor index = at::where(time < lengths, lengths - 1 - time, time.expand({lengths.size(0), steps}));
  if (timeAxis == 0) index = index.t();
  Ints shape(static_cast<std::size_t>(x.dim()), 1);
  shape[0] = index.size(0);
  shape[1] = index.size(1);
  return {x.gather(timeAxis, index.reshape(shape).expand(x.sizes()))};
}

}  // namespace

void addShape(OperatorTable& table) {
  table.add("Reshape", reshape);
  table.add("Flatten", flatten);
  table.add("Transpose", transpose);
  table.add("Concat", concat);
  table.add("Split", split);
  table.add("Slice", slice);
  table.add("Squeeze", squeeze);
  table.add("Unsqueeze", unsqueeze);
  table.add("Expand", expand);
  table.add("Tile", tile);
  table.add("CenterCropPad", centerCropPad);
  table.add("ReverseSequence", reverseSequence);
  addPad(table);
}

}  // namespace unitscope::ops
