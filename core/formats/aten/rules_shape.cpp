#include <algorithm>
#include <numeric>

#include "formats/aten/aten_call.h"

namespace unitscope::aten {
namespace {

using Ints = std::vector<std::int64_t>;

/// A reshape that copies where the strides ask for it.
AtenValue reshaped(const AtenCall& c, const Ints& target) {
  return AtenValue::ofTensor(c.memory.viewOrCopy(c.variable(0), reshapeTo(c.e, c.tensor(0), target)));
}

AtenValue flatten(AtenCall& c) {
  const ValueId x = c.tensor(0);
  const std::int64_t first = c.knownInteger(1, 0);
  const std::int64_t last = c.knownInteger(2, -1);
  if (first == 1 && last == -1 && (!c.e.dims(x) || c.e.rank(x) >= 2))
    return AtenValue::ofTensor(c.memory.viewOrCopy(c.variable(0), c.emit("Flatten", {x}, {{"axis", std::int64_t{1}}})));
  if (!c.e.dims(x) && first >= 0 && last == -1) {
    Ints target(static_cast<std::size_t>(first), 0);
    target.push_back(-1);
    const ValueId y = c.emit("Reshape", {x, c.e.ints(target)});
    return AtenValue::ofTensor(c.memory.viewOrCopy(c.variable(0), y));
  }
  const Dims d = c.e.rank(x) == 0 ? Dims{1} : *c.e.dims(x);
  const std::int64_t a = c.e.axis(x, first);
  const std::int64_t b = c.e.axis(x, last);
  if (b < a) c.fail("its last axis lies before its first");
  Ints target(d.begin(), d.begin() + a);
  std::int64_t merged = 1;
  bool open = false;
  for (std::int64_t i = a; i <= b; ++i) {
    const std::int64_t n = d[static_cast<std::size_t>(i)];
    open = open || (isSymbol(n) && a != b);
    if (!open) merged = c.e.arithmetic("Mul", merged, n);
  }
  target.push_back(open ? -1 : merged);
  target.insert(target.end(), d.begin() + b + 1, d.end());
  return reshaped(c, target);
}

AtenValue unflatten(AtenCall& c) {
  const ValueId x = c.tensor(0);
  const std::int64_t a = c.e.axis(x, c.knownInteger(1));
  if (!c.e.dims(x)) c.fail("the number of dimensions of its input is not known");
  Ints target = *c.e.dims(x);
  const Ints sizes = c.ints(2);
  target.erase(target.begin() + a);
  target.insert(target.begin() + a, sizes.begin(), sizes.end());
  return reshaped(c, target);
}

AtenValue join(AtenCall& c) {
  std::vector<ValueId> values = c.tensors(0);
  // PyTorch leaves out empty lists, which older programs start from.
  std::erase_if(values, [&](ValueId v) { return c.e.dims(v) && *c.e.dims(v) == Dims{0}; });
  if (values.empty()) c.fail("joins nothing");
  DType type = c.e.dtype(values.front());
  for (const ValueId v : values)
    type = promotedType(c, c.result(c.e.scalar(0, type)), c.result(c.e.scalar(0, c.e.dtype(v))));
  for (ValueId& v : values) v = c.e.cast(v, type);
  const std::int64_t axis = c.e.axis(values.front(), c.knownInteger(1, 0));
  // A class token written for the exported batch of one joins the tokens of any batch.
  if (const auto batch = c.e.batch(); batch && axis != 0) {
    const auto leads = [&](ValueId v) { return c.e.dims(v) && !c.e.dims(v)->empty() ? c.e.dims(v)->front() : 0; };
    if (std::ranges::any_of(values, [&](ValueId v) { return leads(v) == *batch; }))
      for (ValueId& v : values)
        if (leads(v) == 1 && c.e.hint(*batch) == 1) {
          Ints target(c.e.dims(v)->size(), 1);
          target.front() = *batch;
          v = c.emit("Expand", {v, c.e.intVector(target)});
        }
  }
  return c.result(values.size() == 1 ? values.front() : c.emit("Concat", std::move(values), {{"axis", axis}}));
}

AtenValue stack(AtenCall& c) {
  std::vector<ValueId> values = c.tensors(0);
  if (values.empty()) c.fail("stacks nothing");
  const std::int64_t axis = c.e.axis(values.front(), c.knownInteger(1, 0), 1);
  for (ValueId& v : values) v = c.emit("Unsqueeze", {v, c.e.ints({axis})});
  return c.result(values.size() == 1 ? values.front() : c.emit("Concat", std::move(values), {{"axis", axis}}));
}

AtenValue pad(const AtenCall& c, Ints amounts, const std::string& mode, ValueId value) {
  const ValueId x = c.tensor(0);
  if (amounts.size() % 2 != 0) c.fail("an odd list of margins");
  if (std::ranges::all_of(amounts, [](std::int64_t a) { return a == 0; })) return c.result(x);
  const auto rank = static_cast<std::size_t>(c.e.rank(x));
  if (amounts.size() / 2 > rank) c.fail("margins of more dimensions than there are");
  Ints pads(2 * rank, 0);
  for (std::size_t i = 0; i < amounts.size() / 2; ++i) {
    pads[rank - 1 - i] = amounts[2 * i];
    pads[2 * rank - 1 - i] = amounts[2 * i + 1];
  }
  std::vector<ValueId> inputs{x, c.e.intVector(pads)};
  if (value != kNoValue) inputs.push_back(value);
  return c.result(c.emit("Pad", std::move(inputs), {{"mode", mode}}));
}

AtenValue padGeneral(AtenCall& c) {
  static const std::map<std::string, std::string> modes{
      {"constant", "constant"}, {"reflect", "reflect"}, {"replicate", "edge"}, {"circular", "wrap"}};
  const auto mode = modes.find(c.given(2) ? c.text(2) : "constant");
  if (mode == modes.end()) c.fail("mode '" + c.text(2) + "'");
  const bool filled = mode->second == "constant" && c.number(3, 0.0) != 0.0;
  return pad(c, c.ints(1), mode->second, filled ? c.e.scalar(c.number(3), c.e.dtype(c.tensor(0))) : kNoValue);
}

AtenRule padMode(const char* mode) {
  return [mode](AtenCall& c) { return pad(c, c.ints(1), mode, kNoValue); };
}

AtenValue roll(AtenCall& c) {
  ValueId x = c.tensor(0);
  const Ints shifts = c.knownInts(1);
  Ints axes = c.given(2) ? c.knownInts(2) : Ints{};
  const bool flat = axes.empty();
  const std::optional<Dims> dims = c.e.dims(x);
  if (flat) {
    x = reshapeTo(c.e, x, {-1});
    axes = {0};
  }
  if (shifts.size() != axes.size()) c.fail("lists of different lengths");
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::int64_t n = c.e.size(x, axes[i]);
    const std::int64_t axis = c.e.axis(x, axes[i]);
    std::int64_t shift = shifts[i];
    if (!isSymbol(n) && n > 0) shift = ((shift % n) + n) % n;
    if (shift == 0) continue;
    x = c.emit("Concat", {sliceAxis(c.e, x, axis, -shift, kEnd), sliceAxis(c.e, x, axis, 0, -shift)}, {{"axis", axis}});
    if (!flat && dims) c.e.setDims(x, *dims);
  }
  if (flat && dims) x = reshapeTo(c.e, x, *dims);
  return c.result(x);
}

AtenValue flip(AtenCall& c) {
  ValueId x = c.tensor(0);
  constexpr std::int64_t kBegin = -(std::int64_t{1} << 60);
  for (const std::int64_t a : c.knownInts(1))
    x = c.emit("Slice", {x, c.e.ints({-1}), c.e.ints({kBegin}), c.e.ints({c.e.axis(x, a)}), c.e.ints({-1})});
  return c.result(x);
}

AtenValue repeat(AtenCall& c) {
  ValueId x = c.tensor(0);
  Ints times = c.ints(1);
  const auto rank = static_cast<std::size_t>(c.e.rank(x));
  if (c.op() == "tile" && times.size() < rank) times.insert(times.begin(), rank - times.size(), 1);
  if (times.size() < rank) c.fail("fewer repeats than dimensions");
  Dims dims = *c.e.dims(x);
  if (times.size() > rank) {
    dims.insert(dims.begin(), times.size() - rank, 1);
    Ints axes(times.size() - rank);
    std::iota(axes.begin(), axes.end(), 0);
    x = c.emit("Unsqueeze", {x, c.e.ints(axes)});
  }
  if (dims.front() == 1) times.front() = c.e.batchOr(times.front());
  for (std::size_t i = 0; i < dims.size(); ++i) dims[i] = c.e.arithmetic("Mul", dims[i], times[i]);
  if (std::ranges::all_of(times, [](std::int64_t n) { return n == 1; })) return c.result(x);
  const ValueId y = c.emit("Tile", {x, c.e.intVector(times)});
  c.e.setDims(y, std::move(dims));
  return c.result(y);
}

AtenValue repeatInterleave(AtenCall& c) {
  const ValueId x = c.tensor(0);
  const std::int64_t times = c.knownInteger(1);
  const std::int64_t axis = c.e.axis(x, c.knownInteger(2));
  if (times <= 0) c.fail("repeats nothing");
  Dims dims = *c.e.dims(x);
  const ValueId wide = c.emit("Unsqueeze", {x, c.e.ints({axis + 1})});
  Ints target(dims.size() + 1, 1);
  target[static_cast<std::size_t>(axis) + 1] = times;
  std::int64_t& n = dims[static_cast<std::size_t>(axis)];
  n = c.e.arithmetic("Mul", n, times);
  return c.result(reshapeTo(c.e, c.emit("Expand", {wide, c.e.ints(target)}), dims));
}

AtenValue pixelShuffle(AtenCall& c) {
  const ValueId x = c.tensor(0);
  const std::int64_t r = c.knownInteger(1);
  if (r <= 0 || r > 1024) c.fail("a factor of " + std::to_string(r));
  const bool single = c.e.rank(x) == 3;
  ValueId v = single ? c.emit("Unsqueeze", {x, c.e.ints({0})}) : x;
  Dims d = *c.e.dims(v);
  if (d.size() != 4) c.fail("an input of another number of dimensions");
  if (c.op() == "pixel_unshuffle") {
    for (const std::size_t i : {std::size_t{2}, std::size_t{3}}) d[i] = c.e.arithmetic("FloorDiv", d[i], r);
    v = reshapeTo(c.e, v, {d[0], d[1], d[2], r, d[3], r});
    v = permuted(c.e, v, {0, 1, 3, 5, 2, 4});
    v = reshapeTo(c.e, v, {d[0], c.e.arithmetic("Mul", d[1], r * r), d[2], d[3]});
  } else {
    v = c.emit("DepthToSpace", {v}, {{"blocksize", r}, {"mode", std::string("CRD")}});
    d[1] = c.e.arithmetic("FloorDiv", d[1], r * r);
    for (const std::size_t i : {std::size_t{2}, std::size_t{3}}) d[i] = c.e.arithmetic("Mul", d[i], r);
    c.e.setDims(v, d);
  }
  return c.result(single ? c.emit("Squeeze", {v, c.e.ints({0})}) : v);
}

AtenValue channelShuffle(AtenCall& c) {
  const ValueId x = c.tensor(0);
  const std::int64_t groups = c.knownInteger(1);
  const Dims d = c.e.rank(x) >= 2 ? *c.e.dims(x) : Dims{};
  if (d.size() < 2 || groups <= 0 || isSymbol(d[1]) || d[1] % groups != 0) c.fail("channels that do not divide");
  Ints grouped{d[0], groups, d[1] / groups};
  grouped.insert(grouped.end(), d.begin() + 2, d.end());
  Ints order(grouped.size());
  std::iota(order.begin(), order.end(), 0);
  std::swap(order[1], order[2]);
  return c.result(reshapeTo(c.e, permuted(c.e, reshapeTo(c.e, x, grouped), order), d));
}

/// A copy, or the tensor itself where nothing changes.
AtenValue converted(const AtenCall& c, std::optional<DType> type, bool copy) {
  const ValueId x = c.tensor(0);
  if (type && *type != c.e.dtype(x)) return c.result(c.e.cast(x, *type));
  return copy || !c.argument(0).is(AtenValue::Kind::Tensor) ? c.result(x)
                                                            : AtenValue::ofTensor(c.memory.alias(c.variable(0)));
}

}  // namespace

void addShapeRules(AtenTable& t) {
  t.add("size sym_size", "self:T dim:i",
        [](AtenCall& c) { return AtenValue::ofInt(c.e.size(c.tensor(0), c.knownInteger(1))); });
  t.add("size sym_size", "self:T", [](AtenCall& c) {
    const ValueId x = c.tensor(0);
    c.e.rank(x);
    return AtenValue::ofInts(*c.e.dims(x));
  });
  t.add("numel sym_numel", "self:T", [](AtenCall& c) {
    const ValueId x = c.tensor(0);
    std::int64_t n = 1;
    for (std::int64_t i = 0; i < c.e.rank(x); ++i) n = c.e.arithmetic("Mul", n, c.e.size(x, i));
    return AtenValue::ofInt(n);
  });
  t.add("dim ndimension", "self:T", [](AtenCall& c) { return AtenValue::ofInt(c.e.rank(c.tensor(0))); });
  t.add("is_floating_point", "self:T",
        [](AtenCall& c) { return AtenValue::ofBool(isFloating(c.e.dtype(c.tensor(0)))); });
  t.add("reshape", "self:T shape:I", [](AtenCall& c) { return reshaped(c, c.ints(1)); });
  t.add("reshape_as", "self:T other:T", [](AtenCall& c) {
    c.e.rank(c.tensor(1));
    return reshaped(c, *c.e.dims(c.tensor(1)));
  });
  t.add("ravel", "self:T", [](AtenCall& c) { return reshaped(c, {-1}); });
  t.add("flatten", "self/input:T start_dim:i? end_dim:i?", flatten);
  t.add("unflatten", "self:T dim:i sizes:I", unflatten);
  t.add("cat concat concatenate", "tensors:l dim:i?", join);
  t.add("stack", "tensors:l dim:i?", stack);
  t.add("hstack", "tensors:l", [](AtenCall& c) {
    const std::vector<ValueId> values = c.tensors(0);
    if (values.empty()) c.fail("joins nothing");
    const std::int64_t axis = c.e.rank(values.front()) == 1 ? 0 : 1;
    return c.result(c.emit("Concat", values, {{"axis", axis}}));
  });
  t.add("pad", "self/input:T pad:I mode:s? value:n?", padGeneral);
  t.add("constant_pad_nd", "self:T pad:I value:n?", [](AtenCall& c) {
    const bool filled = c.number(2, 0.0) != 0.0;
    return pad(c, c.ints(1), "constant", filled ? c.e.scalar(c.number(2), c.e.dtype(c.tensor(0))) : kNoValue);
  });
  t.add("reflection_pad1d reflection_pad2d reflection_pad3d", "self:T padding:I", padMode("reflect"));
  t.add("replication_pad1d replication_pad2d replication_pad3d", "self:T padding:I", padMode("edge"));
  t.add("roll", "self:T shifts:I dims:I?", roll);
  t.add("flip", "self:T dims:I", flip);
  t.add("fliplr flipud", "self:T", [](AtenCall& c) {
    const std::int64_t axis = c.op() == "fliplr" ? 1 : 0;
    constexpr std::int64_t kBegin = -(std::int64_t{1} << 60);
    return c.result(
        c.emit("Slice", {c.tensor(0), c.e.ints({-1}), c.e.ints({kBegin}), c.e.ints({axis}), c.e.ints({-1})}));
  });
  t.add("repeat tile", "self:T repeats/dims:I", repeat);
  t.add("repeat_interleave", "self:T repeats:i dim:i output_size:*?", repeatInterleave);
  t.add("pixel_shuffle", "self:T upscale_factor:i", pixelShuffle);
  t.add("pixel_unshuffle", "self:T downscale_factor:i", pixelShuffle);
  t.add("channel_shuffle native_channel_shuffle", "self:T groups:i", channelShuffle);
  t.add("tril triu", "self:T diagonal:i?", [](AtenCall& c) {
    const ValueId k = c.e.constant(TensorData::scalar(c.knownInteger(1, 0)));
    return c.result(c.emit("Trilu", {c.tensor(0), k}, {{"upper", std::int64_t{c.op() == "triu" ? 1 : 0}}}));
  });
  t.add("clone lift_fresh_copy detach_copy", "self:T memory_format:*?",
        [](AtenCall& c) { return c.result(c.tensor(0)); });
  t.add("contiguous", "self:T memory_format:*?",
        [](AtenCall& c) { return AtenValue::ofTensor(c.memory.viewOrCopy(c.variable(0), c.tensor(0))); });
  t.add("to", "self:t device:s dtype:i? non_blocking:b? copy:b? memory_format:*?",
        [](AtenCall& c) { return converted(c, c.dtypeOrNone(2), c.flag(4)); });
  t.add("to", "self:t dtype:i? non_blocking:b? copy:b? memory_format:*?",
        [](AtenCall& c) { return converted(c, c.dtypeOrNone(1), c.flag(3)); });
  t.add("to", "self:t dtype:i? layout:*? device:*? pin_memory:*? non_blocking:b? copy:b? memory_format:*?",
        [](AtenCall& c) { return converted(c, c.dtypeOrNone(1), c.flag(6)); });
  t.add("to type_as", "self:t other:T non_blocking:b? copy:b? memory_format:*?",
        [](AtenCall& c) { return converted(c, c.e.dtype(c.tensor(1)), c.flag(3)); });
  t.add("_to_copy", "self:t dtype:i? layout:*? device:*? pin_memory:*? non_blocking:*? memory_format:*?",
        [](AtenCall& c) { return converted(c, c.dtypeOrNone(1), true); });
  t.add("type float_ convert_element_type", "self:t dtype:i",
        [](AtenCall& c) { return converted(c, c.dtypeOrNone(1), false); });
}

}  // namespace unitscope::aten
