#include <algorithm>

#include "formats/aten/aten_call.h"

namespace unitscope::aten {
namespace {

using Ints = std::vector<std::int64_t>;

/// base with base[start:end:step] along an axis replaced by part.
ValueId replaceSlice(const AtenCall& c, ValueId base, ValueId part, std::int64_t axis, std::int64_t start,
                     std::int64_t end, std::int64_t step) {
  Emitter& e = c.e;
  const auto& dims = e.dims(base);
  const std::int64_t n = dims ? dims->at(static_cast<std::size_t>(axis)) : e.newSymbol();
  if (start == 0 && step == 1 && (end == kEnd || end == n)) return part;
  if (isSymbol(start) || isSymbol(end)) c.fail("writes to a part whose place depends on the input's size");
  if (!isSymbol(n)) {
    const auto clamp = [&](std::int64_t p) { return std::clamp<std::int64_t>(p < 0 ? p + n : p, 0, n); };
    start = clamp(start);
    end = std::max(start, end == kEnd ? n : clamp(end));
    if (start == end) return base;
  } else {
    // Where the size is open, both ends must be counted from the same side, or reach to it.
    const bool ordered = start == 0 || end == kEnd || ((start < 0) == (end < 0) && start < end);
    if (step != 1 || !ordered) c.fail("writes to a part of a size that is not known");
  }
  if (step != 1) {
    // Rows of base and part one after another, picked in the order that they end up in.
    Ints rows;
    std::int64_t next = n;
    for (std::int64_t i = 0; i < n; ++i) rows.push_back(i >= start && i < end && (i - start) % step == 0 ? next++ : i);
    const ValueId both = e.emit("Concat", {base, part}, {{"axis", axis}});
    return e.emit("Gather", {both, e.ints(rows)}, {{"axis", axis}});
  }
  std::vector<ValueId> parts;
  if (start != 0) parts.push_back(sliceAxis(e, base, axis, 0, start));
  parts.push_back(part);
  if (end != kEnd && end != n) parts.push_back(sliceAxis(e, base, axis, end, kEnd));
  if (parts.size() == 1) return part;
  const ValueId whole = e.emit("Concat", parts, {{"axis", axis}});
  if (dims) e.setDims(whole, Dims(*e.dims(base)));
  return whole;
}

AtenValue sliceOf(const AtenCall& c, std::int64_t axisGiven, std::int64_t start, std::int64_t end, std::int64_t step) {
  const std::int64_t axis = c.e.axis(c.tensor(0), axisGiven);
  Emitter* e = &c.e;
  if (step <= 0) c.fail("a step that is not positive");
  return c.view(0, {"slice", [=](ValueId v) { return sliceAxis(*e, v, axis, start, end, step); },
                    [c, axis, start, end, step](ValueId base, ValueId part) {
                      return replaceSlice(c, base, part, axis, start, end, step);
                    }});
}

AtenValue selectAt(const AtenCall& c, std::size_t i, std::int64_t axis, std::int64_t index) {
  Emitter* e = &c.e;
  return c.view(i, {"select",
                    [=](ValueId v) {
                      const ValueId at = isSymbol(index) ? e->emit("Squeeze", {e->symbolValue(index), e->ints({0})})
                                                         : e->scalar(static_cast<double>(index), DType::Int64);
                      return e->emit("Gather", {v, at}, {{"axis", axis}});
                    },
                    [c, e, axis, index](ValueId base, ValueId part) {
                      const ValueId row = e->emit("Unsqueeze", {part, e->ints({axis})});
                      const std::int64_t end = isSymbol(index) || index != -1 ? c.e.arithmetic("Add", index, 1) : kEnd;
                      return replaceSlice(c, base, row, axis, index, end, 1);
                    }});
}

AtenValue permuteTo(const AtenCall& c, Ints order) {
  const ValueId x = c.tensor(0);
  for (std::int64_t& a : order) a = c.e.axis(x, a);
  Ints back(order.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    back.at(static_cast<std::size_t>(order[i])) = static_cast<std::int64_t>(i);
  Emitter* e = &c.e;
  return c.view(0, {"permute", [=](ValueId v) { return permuted(*e, v, order); },
                    [=](ValueId, ValueId part) { return permuted(*e, part, back); }});
}

AtenValue swapAxes(const AtenCall& c, std::int64_t a, std::int64_t b) {
  const ValueId x = c.tensor(0);
  Ints order;
  for (std::int64_t i = 0; i < c.e.rank(x); ++i) order.push_back(i);
  if (order.empty()) return c.argument(0);
  std::swap(order.at(static_cast<std::size_t>(c.e.axis(x, a))), order.at(static_cast<std::size_t>(c.e.axis(x, b))));
  return permuteTo(c, std::move(order));
}

AtenValue moveAxes(AtenCall& c) {
  const ValueId x = c.tensor(0);
  const Ints from = c.knownInts(1);
  const Ints to = c.knownInts(2);
  const auto rank = static_cast<std::size_t>(c.e.rank(x));
  if (from.size() != to.size()) c.fail("lists of different lengths");
  Ints order(rank, -1);
  std::vector<bool> used(rank, false);
  for (std::size_t i = 0; i < from.size(); ++i) {
    const auto source = static_cast<std::size_t>(c.e.axis(x, from[i]));
    order.at(static_cast<std::size_t>(c.e.axis(x, to[i]))) = static_cast<std::int64_t>(source);
    used.at(source) = true;
  }
  std::size_t next = 0;
  for (std::int64_t& slot : order) {
    if (slot >= 0) continue;
    while (next < rank && used[next]) ++next;
    if (next >= rank) c.fail("an axis is named twice");
    slot = static_cast<std::int64_t>(next++);
  }
  return permuteTo(c, std::move(order));
}

/// A reshape that PyTorch promises to be a view.
AtenValue viewAs(const AtenCall& c, const Ints& target) {
  Emitter* e = &c.e;
  ViewStep step{"view", [=](ValueId v) { return reshapeTo(*e, v, target); }, nullptr};
  if (c.e.dims(c.tensor(0)))
    step.write = [e](ValueId base, ValueId part) { return reshapeTo(*e, part, Ints(*e->dims(base))); };
  return c.view(0, std::move(step));
}

AtenValue unsqueezed(const AtenCall& c, std::int64_t axis) {
  const ValueId x = c.tensor(0);
  const std::int64_t at = c.e.axis(x, axis, 1);
  Emitter* e = &c.e;
  return c.view(0, {"unsqueeze",
                    [=](ValueId v) {
                      return e->emit("Unsqueeze", {v, e->ints({at})});
                    },
                    [=](ValueId, ValueId part) {
                      return e->emit("Squeeze", {part, e->ints({at})});
                    }});
}

AtenValue squeezed(const AtenCall& c, const Ints& axes) {
  const ValueId x = c.tensor(0);
  Ints gone;
  for (const std::int64_t a : axes) {
    const std::int64_t n = c.e.size(x, a);
    if (n == 1) gone.push_back(c.e.axis(x, a));
    if (isSymbol(n) && c.e.hint(n) <= 0 && axes.size() == 1) c.fail("a size that may or may not be 1");
  }
  if (gone.empty()) return AtenValue::ofTensor(c.memory.alias(c.variable(0)));
  std::ranges::sort(gone);
  Emitter* e = &c.e;
  return c.view(0, {"squeeze",
                    [=](ValueId v) {
                      return e->emit("Squeeze", {v, e->ints(gone)});
                    },
                    [=](ValueId, ValueId part) {
                      return e->emit("Unsqueeze", {part, e->ints(gone)});
                    }});
}

AtenValue expanded(const AtenCall& c, const Ints& target) {
  Emitter* e = &c.e;
  return c.view(0, {"expand", [=](ValueId v) { return expandTo(*e, v, target); }, nullptr});
}

/// The parts of x along an axis: one Split, and a slice each for whoever overwrites.
AtenValue parts(const AtenCall& c, std::int64_t axisGiven, const Ints& sizes) {
  const ValueId x = c.tensor(0);
  const std::int64_t axis = c.e.axis(x, axisGiven);
  if (sizes.empty() || sizes.size() > 4096) c.fail("a split into " + std::to_string(sizes.size()) + " parts");
  const auto values = sizes.size() == 1
                          ? std::vector<ValueId>{x}
                          : c.e.emitMany("Split", {x, c.e.intVector(sizes)}, sizes.size(), {{"axis", axis}});
  AtenList list;
  std::int64_t start = 0;
  Emitter* e = &c.e;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const std::int64_t end = i + 1 == sizes.size() ? kEnd : e->arithmetic("Add", start, sizes[i]);
    ViewStep step{
        c.op(), [=](ValueId v) { return sliceAxis(*e, v, axis, start, end); },
        [c, axis, start, end](ValueId base, ValueId part) { return replaceSlice(c, base, part, axis, start, end, 1); }};
    list.push_back(AtenValue::ofTensor(c.memory.view(c.variable(0), std::move(step), values[i])));
    start = end;
  }
  return AtenValue::ofList(std::move(list));
}

/// Parts of one size, the last being what is left; `whole` is the size of all, where it is known.
AtenValue equalParts(const AtenCall& c, std::int64_t axis, std::int64_t n, std::int64_t whole, std::int64_t piece) {
  Ints sizes;
  if (whole > 0) {
    if (isSymbol(piece) || piece <= 0 || whole / piece > 4096) c.fail("a split into too many parts");
    for (std::int64_t at = 0; at < whole; at += piece) sizes.push_back(std::min(piece, whole - at));
    return parts(c, axis, sizes);
  }
  // The size is open, but the program says how many parts it takes.
  const auto count = static_cast<std::int64_t>(c.e.expectedParts());
  if (count < 1) c.fail("a split of an axis whose size is not known");
  sizes.assign(static_cast<std::size_t>(count - 1), piece);
  sizes.push_back(c.e.arithmetic("Sub", n, c.e.arithmetic("Mul", piece, count - 1)));
  return parts(c, axis, sizes);
}

AtenValue splitBy(AtenCall& c) {
  const std::int64_t axis = c.knownInteger(2, 0);
  const std::int64_t n = c.e.size(c.tensor(0), axis);
  const std::int64_t piece = c.knownInteger(1);
  if (piece <= 0) c.fail("parts of no size");
  return equalParts(c, axis, n, c.e.hint(n), piece);
}

AtenValue chunk(AtenCall& c) {
  const std::int64_t axis = c.knownInteger(2, 0);
  const std::int64_t n = c.e.size(c.tensor(0), axis);
  const std::int64_t count = c.knownInteger(1);
  if (count <= 0 || count > 4096) c.fail("a split into " + std::to_string(count) + " parts");
  const std::int64_t whole = c.e.hint(n);
  const std::int64_t piece =
      whole > 0 ? (whole + count - 1) / count : c.e.arithmetic("FloorDiv", c.e.arithmetic("Add", n, count - 1), count);
  return equalParts(c, axis, n, whole, piece);
}

/// tensor_split: parts of nearly equal size, the larger ones first, or parts that begin at given places.
AtenValue tensorSplit(AtenCall& c) {
  const std::int64_t axis = c.knownInteger(2, 0);
  const std::int64_t n = c.e.size(c.tensor(0), axis);
  if (isSymbol(n)) c.fail("a split of an axis whose size is not known");
  Ints sizes;
  if (!c.argument(1).isSequence()) {
    const std::int64_t count = c.knownInteger(1);
    if (count <= 0 || count > 4096) c.fail("a split into " + std::to_string(count) + " parts");
    for (std::int64_t i = 0; i < count; ++i) sizes.push_back(n / count + (i < n % count ? 1 : 0));
  } else {
    std::int64_t start = 0;
    for (const std::int64_t place : c.knownInts(1)) {
      const std::int64_t end = std::clamp<std::int64_t>(place < 0 ? place + n : place, 0, n);
      if (end < start) c.fail("places that do not rise");
      sizes.push_back(end - start);
      start = end;
    }
    sizes.push_back(n - start);
  }
  return parts(c, axis, sizes);
}

AtenValue unbind(AtenCall& c) {
  const ValueId x = c.tensor(0);
  const std::int64_t axis = c.e.axis(x, c.knownInteger(1, 0));
  std::int64_t n = c.e.hint(c.e.size(x, axis));
  if (n <= 0) n = static_cast<std::int64_t>(c.e.expectedParts());
  if (n <= 0 || n > 4096) c.fail("an axis whose size is not known is taken apart");
  AtenList list;
  for (std::int64_t i = 0; i < n; ++i) list.push_back(selectAt(c, 0, axis, i));
  return AtenValue::ofList(std::move(list));
}

AtenRule sameMemory() {
  return [](AtenCall& c) { return AtenValue::ofTensor(c.memory.alias(c.variable(0))); };
}

}  // namespace

void addViewRules(AtenTable& t) {
  t.add("slice", "self:T dim:i? start:i? end:i? step:i?", [](AtenCall& c) {
    return sliceOf(c, c.knownInteger(1, 0), c.integer(2, 0), c.integer(3, kEnd), c.knownInteger(4, 1));
  });
  t.add("narrow", "self:T dim:i start:i length:i", [](AtenCall& c) {
    const std::int64_t start = c.integer(2);
    return sliceOf(c, c.knownInteger(1), start, c.e.arithmetic("Add", start, c.integer(3)), 1);
  });
  t.add("select", "self:T dim:i index:i",
        [](AtenCall& c) { return selectAt(c, 0, c.e.axis(c.tensor(0), c.knownInteger(1)), c.integer(2)); });
  t.add("permute", "self:T dims:I", [](AtenCall& c) { return permuteTo(c, c.knownInts(1)); });
  t.add("transpose swapaxes swapdims", "self:T dim0/axis0:i dim1/axis1:i",
        [](AtenCall& c) { return swapAxes(c, c.knownInteger(1), c.knownInteger(2)); });
  t.add("t numpy_T", "self:T", [](AtenCall& c) {
    return c.e.rank(c.tensor(0)) < 2 ? AtenValue::ofTensor(c.memory.alias(c.variable(0))) : swapAxes(c, 0, 1);
  });
  t.add("mT adjoint", "self:T", [](AtenCall& c) { return swapAxes(c, -1, -2); });
  t.add("movedim moveaxis", "self:T source:I destination:I", moveAxes);
  t.add("view _unsafe_view", "self:T size:I", [](AtenCall& c) { return viewAs(c, c.ints(1)); });
  t.add("view_as", "self:T other:T", [](AtenCall& c) {
    const ValueId other = c.tensor(1);
    if (!c.e.dims(other)) c.fail("the size of the other tensor is not known");
    return viewAs(c, *c.e.dims(other));
  });
  t.add("unsqueeze", "self:T dim:i", [](AtenCall& c) { return unsqueezed(c, c.knownInteger(1)); });
  t.add("squeeze", "self:T", [](AtenCall& c) {
    Ints axes;
    for (std::int64_t i = 0; i < c.e.rank(c.tensor(0)); ++i) axes.push_back(i);
    return squeezed(c, axes);
  });
  t.add("squeeze", "self:T dim:I", [](AtenCall& c) { return squeezed(c, c.knownInts(1)); });
  t.add("expand", "self:T size:I implicit:b?", [](AtenCall& c) { return expanded(c, c.ints(1)); });
  t.add("expand_as", "self:T other:T", [](AtenCall& c) {
    const ValueId other = c.tensor(1);
    if (c.e.dims(other)) return expanded(c, *c.e.dims(other));
    return c.result(c.emit("Expand", {c.tensor(0), c.emit("Shape", {other})}));
  });
  t.add("split", "self:T split_size:i dim:i?", splitBy);
  t.add("split split_with_sizes", "self:T split_size/split_sizes:I dim:i?",
        [](AtenCall& c) { return parts(c, c.knownInteger(2, 0), c.ints(1)); });
  t.add("chunk unsafe_chunk", "self:T chunks:i dim:i?", chunk);
  t.add("tensor_split", "self:T sections/indices:I dim:i?", tensorSplit);
  t.add("unbind", "self:T dim:i?", unbind);
  t.add("alias detach view_of lift", "self:T", sameMemory());
  t.add("dropout feature_dropout alpha_dropout feature_alpha_dropout", "input/self:T p:n train:b", [](AtenCall& c) {
    if (c.flag(2) && c.number(1) != 0.0) c.fail("is in training mode; call model.eval() before the export");
    return AtenValue::ofTensor(c.memory.alias(c.variable(0)));
  });
}

}  // namespace unitscope::aten
