#include <string>

#include "exec/ops/families.h"
#include "exec/ops/helpers.h"

namespace unitscope::ops {
namespace {

Tensors gather(const OpCall& call) {
  const at::Tensor& x = atLeast(call, 0, 1);
  const std::int64_t axis = wrapAxis(call, call.node.intOr("axis", 0), x.dim());
  const at::Tensor indices = wrapIndices(call, call.in(1), x.size(axis), x);
  if (indices.dim() == 0) return {x.select(axis, indices.item<std::int64_t>())};
  const at::Tensor picked = x.index_select(axis, indices.flatten());
  if (indices.dim() == 1) return {picked};
  Ints shape = x.sizes().vec();
  const auto place = shape.erase(shape.begin() + axis);
  shape.insert(place, indices.sizes().begin(), indices.sizes().end());
  return {picked.reshape(shape)};
}

Tensors gatherElements(const OpCall& call) {
  const at::Tensor& x = atLeast(call, 0, 1);
  const std::int64_t axis = wrapAxis(call, call.node.intOr("axis", 0), x.dim());
  exactly(call, 1, x.dim());
  return {x.gather(axis, wrapIndices(call, call.in(1), x.size(axis), x))};
}

/// Index tuples (last axis of `indices`) into the axes of x from `first` on, as positions in those axes flattened.
at::Tensor linearIndices(const OpCall& call, const at::Tensor& x, const at::Tensor& indices, std::int64_t first) {
  const std::int64_t depth = indices.size(-1);
  at::Tensor linear;
  for (std::int64_t k = 0; k < depth; ++k) {
    const std::int64_t length = x.size(first + k);
    const at::Tensor part = wrapIndices(call, indices.select(-1, k), length, x);
    linear = linear.defined() ? linear * length + part : part;
  }
  return linear;
}

Tensors gatherNd(const OpCall& call) {
  const at::Tensor& x = atLeast(call, 0, 1);
  const at::Tensor& indices = atLeast(call, 1, 1);
  const std::int64_t batchAxes = call.node.intOr("batch_dims", 0);
  const std::int64_t depth = indices.size(-1);
  if (batchAxes < 0 || batchAxes >= indices.dim() || batchAxes + depth > x.dim() || depth < 1)
    call.fail("the indices are deeper than the data");
  std::int64_t batch = 1, inner = 1;
  for (std::int64_t i = 0; i < batchAxes; ++i) {
    if (indices.size(i) != x.size(i)) call.fail("data and indices differ in a batch axis");
    batch *= x.size(i);
  }
  for (std::int64_t i = 0; i < depth; ++i) inner *= x.size(batchAxes + i);
  at::Tensor linear = linearIndices(call, x, indices, batchAxes);
  if (batchAxes > 0) {
    Ints shape(static_cast<std::size_t>(linear.dim()), 1);
    for (std::int64_t i = 0; i < batchAxes; ++i) shape[static_cast<std::size_t>(i)] = x.size(i);
    linear = linear + at::arange(batch, linear.options()).reshape(shape) * inner;
  }
  Ints flat{batch * inner}, shape = linear.sizes().vec();
  for (std::int64_t i = batchAxes + depth; i < x.dim(); ++i) {
    flat.push_back(x.size(i));
    shape.push_back(x.size(i));
  }
  return {x.reshape(flat).index_select(0, linear.flatten()).reshape(shape)};
}

/// LibTorch's name of a reduction; empty for "none".
std::string reductionOf(const OpCall& call) {
  const std::string name = call.node.stringOr("reduction", "none");
  if (name == "none") return {};
  if (name == "add") return "sum";
  if (name == "mul") return "prod";
  if (name == "max") return "amax";
  if (name == "min") return "amin";
  call.fail("reduction is '" + name + "', known are none, add, mul, max and min");
}

at::Tensor scatterAlong(const at::Tensor& x, std::int64_t axis, const at::Tensor& index, const at::Tensor& updates,
                        const std::string& reduction) {
  if (reduction.empty()) return x.scatter(axis, index, updates);
  if (reduction == "sum") return x.scatter_add(axis, index, updates);
  return at::scatter_reduce(x, axis, index, updates, reduction, /*include_self=*/true);
}

Tensors scatterElements(const OpCall& call) {
  const at::Tensor& x = atLeast(call, 0, 1);
  const std::int64_t axis = wrapAxis(call, call.node.intOr("axis", 0), x.dim());
  exactly(call, 1, x.dim());
  const at::Tensor index = wrapIndices(call, call.in(1), x.size(axis), x);
  const at::Tensor updates = beside(call.in(2), x).to(x.scalar_type());
  if (updates.sizes() != index.sizes()) call.fail("indices and updates differ in shape");
  return {scatterAlong(x, axis, index, updates, reductionOf(call))};
}

Tensors scatterNd(const OpCall& call) {
  const at::Tensor& x = atLeast(call, 0, 1);
  const at::Tensor& indices = atLeast(call, 1, 1);
  const std::int64_t depth = indices.size(-1);
  if (depth < 1 || depth > x.dim()) call.fail("the indices are deeper than the data");
  std::int64_t inner = 1, slice = 1;
  for (std::int64_t i = 0; i < x.dim(); ++i) (i < depth ? inner : slice) *= x.size(i);
  const at::Tensor linear = linearIndices(call, x, indices, 0).flatten();
  const at::Tensor updates = beside(call.in(2), x).to(x.scalar_type());
  if (updates.numel() != linear.numel() * slice) call.fail("the updates do not have the shape that the indices need");
  const at::Tensor index = linear.unsqueeze(1).expand({-1, slice});
  return {scatterAlong(x.reshape({inner, slice}), 0, index, updates.reshape({linear.numel(), slice}), reductionOf(call))
              .reshape(x.sizes())};
}

Tensors where(const OpCall& call) {
  (void)call.in(1);
  (void)call.in(2);
  const Tensors t = onOneDevice(call);
  const at::ScalarType type = at::result_type(t[1], t[2]);
  return {at::where(call.in(0).scalar_type() == at::kBool ? t[0] : t[0].to(at::kBool), t[1].to(type), t[2].to(type))};
}

/// Rows of `values[1]` in a sea of `values[0]`; indices outside [-depth, depth) light nothing.
Tensors oneHot(const OpCall& call) {
  const at::Tensor& values = call.in(2);
  if (values.dim() != 1 || values.size(0) != 2) call.fail("values must hold the off and the on value");
  const std::int64_t depth = call.integer(1);
  if (depth < 1) call.fail("depth is " + std::to_string(depth));
  at::Tensor index = beside(call.in(0), values).to(at::kLong);
  const std::int64_t axis = wrapAxis(call, call.node.intOr("axis", -1), index.dim() + 1);
  index = at::where(index < 0, index + depth, index).unsqueeze(axis);
  Ints shape(static_cast<std::size_t>(index.dim()), 1);
  shape[static_cast<std::size_t>(axis)] = depth;
  const at::Tensor lit = index == at::arange(depth, index.options()).reshape(shape);
  return {at::where(lit, values.select(0, 1), values.select(0, 0))};
}

Tensors compress(const OpCall& call) {
  at::Tensor x = call.in(0);
  std::int64_t axis = 0;
  if (call.node.has("axis")) {
    axis = wrapAxis(call, call.node.intOr("axis", 0), atLeast(call, 0, 1).dim());
  } else {
    x = x.flatten();
  }
  const at::Tensor kept = beside(exactly(call, 1, 1), x).to(at::kBool).nonzero().flatten();
  if (call.in(1).size(0) > x.size(axis)) call.fail("the condition is longer than the axis");
  return {x.index_select(axis, kept)};
}

Tensors trilu(const OpCall& call) {
  const at::Tensor& x = atLeast(call, 0, 2);
  const std::int64_t longest = std::max(x.size(-1), x.size(-2));
  const std::int64_t k = call.has(1) ? std::clamp(call.integer(1), -longest - 1, longest + 1) : 0;
  return {call.node.intOr("upper", 1) != 0 ? x.triu(k) : x.tril(k)};
}

}  // namespace

void addIndexing(OperatorTable& table) {
  table.add("Gather", gather);
  table.add("GatherElements", gatherElements);
  table.add("GatherND", gatherNd);
  table.add("Scatter", scatterElements);
  table.add("ScatterElements", scatterElements);
  table.add("ScatterND", scatterNd);
  table.add("Where", where);
  table.add("OneHot", oneHot);
  table.add("Compress", compress);
  table.add("Trilu", trilu);
  addUnary(table, "NonZero",
           [](const at::Tensor& x) { return x.dim() == 0 ? x.reshape({1}).nonzero().t() : x.nonzero().t(); });
}

}  // namespace unitscope::ops
