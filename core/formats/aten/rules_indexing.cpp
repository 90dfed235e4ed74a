#include <algorithm>
#include <numeric>

#include "formats/aten/aten_call.h"

namespace unitscope::aten {
namespace {

using Ints = std::vector<std::int64_t>;

/// x[:, i, j, ...] with whole-number indices (a bool index selects an unknown number of elements and is refused).
AtenValue index(AtenCall& c) {
  const ValueId x = c.tensor(0);
  const AtenValue& list = c.argument(1);
  std::vector<ValueId> indices;
  Ints axes;
  for (std::size_t i = 0; i < list.items->size(); ++i) {
    if ((*list.items)[i].isNone()) continue;
    const ValueId v = c.toTensor((*list.items)[i]);
    if (isFloating(c.e.dtype(v)) || c.e.dtype(v) == DType::Bool) c.fail("an index that is a mask");
    indices.push_back(c.e.cast(v, DType::Int64));
    axes.push_back(static_cast<std::int64_t>(i));
  }
  if (indices.empty()) return c.result(x);
  if (indices.size() == 1) return c.result(c.emit("Gather", {x, indices.front()}, {{"axis", axes.front()}}));

  const auto rank = static_cast<std::size_t>(c.e.rank(x));
  const Dims dims = *c.e.dims(x);
  if (static_cast<std::size_t>(axes.back()) >= rank) c.fail("more indices than dimensions");
  std::optional<Dims> common = c.e.dims(indices.front());
  for (const ValueId v : indices) common = broadcastDims(c.e, common, c.e.dims(v));
  if (!common) c.fail("indices whose size is not known");
  std::vector<ValueId> columns;
  for (const ValueId v : indices)
    columns.push_back(
        c.emit("Unsqueeze", {expandTo(c.e, v, *common), c.e.ints({static_cast<std::int64_t>(common->size())})}));
  const ValueId places = c.emit("Concat", columns, {{"axis", std::int64_t{-1}}});

  Ints order = axes;
  for (std::int64_t a = 0; a < static_cast<std::int64_t>(rank); ++a)
    if (std::ranges::find(axes, a) == axes.end()) order.push_back(a);
  ValueId y = c.emit("GatherND", {permuted(c.e, x, order), places});
  Dims made = *common;
  for (std::size_t i = axes.size(); i < order.size(); ++i) made.push_back(dims[static_cast<std::size_t>(order[i])]);
  c.e.setDims(y, made);
  // Indices side by side leave their dimensions where they stood; others come first.
  const bool adjacent = axes.back() - axes.front() + 1 == static_cast<std::int64_t>(axes.size());
  if (adjacent && axes.front() > 0) {
    Ints back;
    const auto found = static_cast<std::int64_t>(common->size());
    for (std::int64_t i = 0; i < axes.front(); ++i) back.push_back(found + i);
    for (std::int64_t i = 0; i < found; ++i) back.push_back(i);
    for (auto i = static_cast<std::int64_t>(back.size()); i < static_cast<std::int64_t>(made.size()); ++i)
      back.push_back(i);
    y = permuted(c.e, y, back);
  }
  return c.result(y);
}

AtenValue indexSelect(AtenCall& c) {
  const ValueId x = c.tensor(0);
  return c.result(c.emit("Gather", {x, c.indices(2)}, {{"axis", c.e.axis(x, c.knownInteger(1))}}));
}

AtenValue gather(AtenCall& c) {
  const ValueId x = c.tensor(0);
  return c.result(c.emit("GatherElements", {x, c.indices(2)}, {{"axis", c.e.axis(x, c.knownInteger(1))}}));
}

/// x.unfold(axis, size, step): windows along one axis, their elements on a new last one.
AtenValue unfold(AtenCall& c) {
  const ValueId x = c.tensor(0);
  const std::int64_t axis = c.e.axis(x, c.knownInteger(1));
  const std::int64_t n = c.e.size(x, axis);
  const std::int64_t size = c.knownInteger(2);
  const std::int64_t step = c.knownInteger(3);
  if (isSymbol(n) || size <= 0 || step <= 0 || size > n || n > (1 << 20)) c.fail("an axis whose size is not known");
  const std::int64_t count = (n - size) / step + 1;
  if (count * size > (1 << 22)) c.fail("windows that are too many");
  Ints rows;
  for (std::int64_t i = 0; i < count; ++i)
    for (std::int64_t k = 0; k < size; ++k) rows.push_back(i * step + k);
  const ValueId places = c.e.constant(TensorData::fromInts({count, size}, std::move(rows)));
  const ValueId y = c.emit("Gather", {x, places}, {{"axis", axis}});
  Ints order;
  for (std::int64_t i = 0; i < c.e.rank(y); ++i)
    if (i != axis + 1) order.push_back(i);
  order.push_back(axis + 1);
  return c.result(permuted(c.e, y, order));
}

/// nn.Unfold: the patches of a picture as columns.
AtenValue columns(AtenCall& c) {
  ValueId x = c.tensor(0);
  const Ints kernel = c.perAxis(1, 2, 1);
  const Ints dilation = c.perAxis(2, 2, 1);
  const Ints padding = c.perAxis(3, 2, 0);
  const Ints stride = c.perAxis(4, 2, 1);
  const Dims d = c.e.rank(x) == 4 ? *c.e.dims(x) : Dims{};
  if (d.size() != 4 || isSymbol(d[1]) || isSymbol(d[2]) || isSymbol(d[3])) c.fail("a picture whose size is not known");
  if (padding[0] != 0 || padding[1] != 0)
    x = c.emit("Pad", {x, c.e.ints({0, 0, padding[0], padding[1], 0, 0, padding[0], padding[1]})});
  Ints counts;
  for (std::size_t i = 0; i < 2; ++i) {
    const std::int64_t room = d[i + 2] + 2 * padding[i] - dilation[i] * (kernel[i] - 1) - 1;
    if (room < 0 || stride[i] <= 0 || kernel[i] <= 0 || dilation[i] <= 0) c.fail("a window that does not fit");
    counts.push_back(room / stride[i] + 1);
    Ints rows;
    if (kernel[i] * counts[i] > (1 << 22)) c.fail("windows that are too many");
    for (std::int64_t k = 0; k < kernel[i]; ++k)
      for (std::int64_t o = 0; o < counts[i]; ++o) rows.push_back(o * stride[i] + k * dilation[i]);
    const ValueId places = c.e.constant(TensorData::fromInts({kernel[i], counts[i]}, std::move(rows)));
    x = c.emit("Gather", {x, places}, {{"axis", static_cast<std::int64_t>(2 + 2 * i)}});
  }
  x = permuted(c.e, x, {0, 1, 2, 4, 3, 5});
  return c.result(reshapeTo(c.e, x, {d[0], d[1] * kernel[0] * kernel[1], counts[0] * counts[1]}));
}

/// nn.Fold: columns added up to a picture.
AtenValue picture(AtenCall& c) {
  const ValueId x = c.tensor(0);
  const Ints size = c.ints(1);
  const Ints kernel = c.perAxis(2, 2, 1);
  const Ints padding = c.perAxis(4, 2, 0);
  const Dims d = c.e.rank(x) == 3 ? *c.e.dims(x) : Dims{};
  if (d.size() != 3 || size.size() != 2 || isSymbol(d[1]) || kernel[0] <= 0 || kernel[1] <= 0)
    c.fail("columns whose size is not known");
  const ValueId y = c.emit("Col2Im", {x, c.e.intVector(size), c.e.ints(kernel)},
                           {{"dilations", c.perAxis(3, 2, 1)},
                            {"pads", Ints{padding[0], padding[1], padding[0], padding[1]}},
                            {"strides", c.perAxis(5, 2, 1)}});
  c.e.setDims(y, {d[0], d[1] / (kernel[0] * kernel[1]), size[0], size[1]});
  return c.result(y);
}

AtenRule scatter(const char* reduction) {
  return [reduction](AtenCall& c) {
    const ValueId x = c.tensor(0);
    const ValueId places = c.tensor(2);
    ValueId values = c.e.cast(c.tensor(3), c.e.dtype(x));
    if (!c.e.dims(places)) c.fail("indices whose size is not known");
    if (c.argument(3).isNumber()) {
      values = expandTo(c.e, values, *c.e.dims(places));
    } else {
      // PyTorch reads the corner of the values that the indices cover.
      for (std::size_t i = 0; i < c.e.dims(places)->size(); ++i)
        values = sliceAxis(c.e, values, static_cast<std::int64_t>(i), 0, c.e.dims(places)->at(i));
    }
    return c.result(c.emit("ScatterElements", {x, places, values},
                           {{"axis", c.e.axis(x, c.knownInteger(1))}, {"reduction", std::string(reduction)}}));
  };
}

/// x[i, j...] = values, for indices that are known to come in order from the first axis on.
AtenValue indexPut(AtenCall& c) {
  const ValueId x = c.tensor(0);
  if (c.flag(3)) c.fail("adds to what is there");
  const AtenValue& list = c.argument(1);
  std::vector<ValueId> columns;
  std::optional<Dims> common;
  for (const AtenValue& item : *list.items) {
    if (item.isNone()) c.fail("an index that leaves out a dimension");
    const ValueId v = c.toTensor(item);
    if (c.e.dtype(v) == DType::Bool) {
      if (list.items->size() != 1) c.fail("a mask among other indices");
      const ValueId value = c.e.cast(c.tensor(2), c.e.dtype(x));
      if (!c.e.dims(value) || elementCount(*c.e.dims(value)) != 1) c.fail("a mask that takes several values");
      return c.result(c.emit("Where", {v, reshapeTo(c.e, value, {1}), x}));
    }
    common = columns.empty() ? c.e.dims(v) : broadcastDims(c.e, common, c.e.dims(v));
    columns.push_back(c.e.cast(v, DType::Int64));
  }
  if (columns.empty() || !common) c.fail("indices whose size is not known");
  for (ValueId& v : columns)
    v = c.emit("Unsqueeze", {expandTo(c.e, v, *common), c.e.ints({static_cast<std::int64_t>(common->size())})});
  Ints shape = *common;
  const auto rank = static_cast<std::size_t>(c.e.rank(x));
  for (std::size_t i = columns.size(); i < rank; ++i) shape.push_back(c.e.dims(x)->at(i));
  const ValueId values = expandTo(c.e, c.e.cast(c.tensor(2), c.e.dtype(x)), shape);
  const ValueId places =
      columns.size() == 1 ? columns.front() : c.emit("Concat", columns, {{"axis", std::int64_t{-1}}});
  return c.result(c.emit("ScatterND", {x, places, values}));
}

AtenValue meshgrid(AtenCall& c) {
  std::vector<ValueId> axes = c.tensors(0);
  const bool swapped = c.given(1) && c.text(1) == "xy" && axes.size() > 1;
  Ints shape;
  for (const ValueId v : axes) {
    if (c.e.rank(v) != 1) c.fail("lists of numbers are expected");
    shape.push_back(c.e.size(v, 0));
  }
  if (swapped) std::swap(shape[0], shape[1]);
  std::vector<ValueId> made;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::size_t at = swapped && i < 2 ? 1 - i : i;
    Ints alone(axes.size(), 1);
    alone[at] = shape[at];
    made.push_back(expandTo(c.e, reshapeTo(c.e, axes[i], alone), shape));
  }
  return c.results(made, false);
}

}  // namespace

void addIndexingRules(AtenTable& t) {
  t.add("index", "self:T indices:l", index);
  t.add("index_select", "self:T dim:i index:T", indexSelect);
  t.add("gather", "self:T dim:i index:T sparse_grad:*?", gather);
  t.add("embedding", "weight:T indices:T padding_idx:*? scale_grad_by_freq:*? sparse:*?", [](AtenCall& c) {
    return c.result(c.emit("Gather", {c.tensor(0), c.indices(1)}, {{"axis", std::int64_t{0}}}));
  });
  t.add("unfold", "self:T dimension:i size:i step:i", unfold);
  t.add("im2col", "self:T kernel_size:I dilation:I padding:I stride:I", columns);
  t.add("col2im", "self:T output_size:I kernel_size:I dilation:I padding:I stride:I", picture);
  t.add("scatter", "self:T dim:i index:T src/value:t", scatter("none"));
  t.add("scatter_add", "self:T dim:i index:T src:T", scatter("add"));
  t.add("index_put", "self:T indices:l values:t accumulate:b? unsafe:*?", indexPut);
  t.add("meshgrid", "tensors:l indexing:s?", meshgrid);
  t.add("one_hot", "self:T num_classes:i?", [](AtenCall& c) {
    const std::int64_t n = c.knownInteger(1, -1);
    if (n <= 0) c.fail("a number of classes that depends on the values");
    const ValueId y = c.emit(
        "OneHot", {c.indices(0), c.e.constant(TensorData::scalar(n)), c.e.constant(TensorData::fromInts({2}, {0, 1}))});
    c.e.setDType(y, DType::Int64);
    return c.result(y);
  });
}

}  // namespace unitscope::aten
