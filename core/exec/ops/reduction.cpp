#include <limits>
#include <string>
#include <tuple>

#include "exec/ops/families.h"
#include "exec/ops/helpers.h"

namespace unitscope::ops {
namespace {

using Reduce = at::Tensor (*)(const at::Tensor&, const Ints&, bool);

/// Adds a Reduce* operator: axes come as second input; without any it reduces over all, or over none where
/// noop_with_empty_axes says so.
void addReduce(OperatorTable& table, std::string_view op, Reduce function) {
  table.add(op, [function](const OpCall& call) -> Tensors {
    const at::Tensor& x = call.in(0);
    const bool keep = call.node.intOr("keepdims", 1) != 0;
    Ints axes = call.has(1) ? wrapAxes(call, call.ints(1), x.dim()) : Ints{};
    if (axes.empty()) {
      if (call.node.intOr("noop_with_empty_axes", 0) != 0) return {x};
      axes = counting(x.dim());
    }
    // LibTorch reads an empty list as "all", which for a scalar is the same as none.
    return {function(x, axes, keep)};
  });
}

/// Integers are averaged and rooted in float64 and truncated, as the type demands.
template <class F>
at::Tensor inFloat(const at::Tensor& x, F function) {
  return isFloat(x) ? function(x) : function(x.to(at::kDouble)).to(x.scalar_type());
}

at::Tensor sum(const at::Tensor& x, const Ints& axes, bool keep) {
  return x.sum(axes, keep, x.scalar_type());
}

at::Tensor product(const at::Tensor& x, const Ints& axes, bool keep) {
  at::Tensor y = x;
  for (std::size_t i = axes.size(); i-- > 0;) y = y.prod(axes[i], keep, x.scalar_type());
  return y;
}

/// Largest or smallest; of nothing, the least or greatest number that the type has.
template <bool kMaximum>
at::Tensor extreme(const at::Tensor& x, const Ints& axes, bool keep) {
  if (x.numel() != 0) return kMaximum ? x.amax(axes, keep) : x.amin(axes, keep);
  const at::Tensor shape = x.to(at::kDouble).sum(axes, keep);
  if (isFloat(x)) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    return at::full_like(shape, kMaximum ? -kInfinity : kInfinity, x.options());
  }
  if (x.scalar_type() == at::kBool) return at::full_like(shape, kMaximum ? 0 : 1, x.options());
  const auto limit = [&]<class T>(T) {
    return at::Scalar(
        static_cast<std::int64_t>(kMaximum ? std::numeric_limits<T>::lowest() : std::numeric_limits<T>::max()));
  };
  at::Scalar value;
  switch (x.scalar_type()) {
    case at::kByte: value = limit(std::uint8_t{}); break;
    case at::kChar: value = limit(std::int8_t{}); break;
    case at::kShort: value = limit(std::int16_t{}); break;
    case at::kInt: value = limit(std::int32_t{}); break;
    default: value = limit(std::int64_t{});
  }
  return at::full_like(shape, value, x.options());
}

void addReductions(OperatorTable& table) {
  addReduce(table, "ReduceSum", sum);
  addReduce(table, "ReduceProd", product);
  addReduce(table, "ReduceMax", extreme<true>);
  addReduce(table, "ReduceMin", extreme<false>);
  addReduce(table, "ReduceMean", [](const at::Tensor& x, const Ints& axes, bool keep) {
    return inFloat(x, [&](const at::Tensor& f) { return f.mean(axes, keep); });
  });
  addReduce(table, "ReduceL1",
            [](const at::Tensor& x, const Ints& axes, bool keep) { return sum(x.abs(), axes, keep); });
  addReduce(table, "ReduceL2", [](const at::Tensor& x, const Ints& axes, bool keep) {
    return inFloat(x, [&](const at::Tensor& f) { return at::linalg_vector_norm(f, 2, axes, keep); });
  });
  addReduce(table, "ReduceSumSquare",
            [](const at::Tensor& x, const Ints& axes, bool keep) { return sum(x * x, axes, keep); });
  addReduce(table, "ReduceLogSum", [](const at::Tensor& x, const Ints& axes, bool keep) {
    return inFloat(x, [&](const at::Tensor& f) { return f.sum(axes, keep).log(); });
  });
  addReduce(table, "ReduceLogSumExp", [](const at::Tensor& x, const Ints& axes, bool keep) {
    return inFloat(x, [&](const at::Tensor& f) { return axes.empty() ? f : f.logsumexp(axes, keep); });
  });
}

template <bool kMaximum>
Tensors argExtreme(const OpCall& call) {
  const at::Tensor x = call.in(0).detach();
  const bool keep = call.node.intOr("keepdims", 1) != 0;
  if (x.dim() == 0) return {at::zeros({}, x.options().dtype(at::kLong))};
  const std::int64_t axis = wrapAxis(call, call.node.intOr("axis", 0), x.dim());
  const bool last = call.node.intOr("select_last_index", 0) != 0;
  const at::Tensor seen = last ? x.flip({axis}) : x;
  const at::Tensor place = kMaximum ? seen.argmax(axis, keep) : seen.argmin(axis, keep);
  return {last ? x.size(axis) - 1 - place : place};
}

template <bool kProduct>
Tensors cumulative(const OpCall& call) {
  const at::Tensor& x = atLeast(call, 0, 1);
  const std::int64_t axis = wrapAxis(call, call.integer(1), x.dim());
  const bool reverse = call.node.intOr("reverse", 0) != 0;
  at::Tensor y = reverse ? x.flip({axis}) : x;
  y = kProduct ? y.cumprod(axis, x.scalar_type()) : y.cumsum(axis, x.scalar_type());
  if (call.node.intOr("exclusive", 0) != 0 && x.size(axis) > 0) {
    Ints shape = x.sizes().vec();
    shape[static_cast<std::size_t>(axis)] = 1;
    y = at::cat({at::full(shape, kProduct ? 1 : 0, x.options()), y.narrow(axis, 0, x.size(axis) - 1)}, axis);
  }
  return {reverse ? y.flip({axis}) : y};
}

/// Equal values keep their order, so a stable sort rather than LibTorch's topk.
Tensors topK(const OpCall& call) {
  const at::Tensor& x = atLeast(call, 0, 1);
  const std::int64_t axis = wrapAxis(call, call.node.intOr("axis", -1), x.dim());
  const std::int64_t k = call.integer(1);
  if (k < 0 || k > x.size(axis))
    call.fail("k is " + std::to_string(k) + " on an axis of length " + std::to_string(x.size(axis)));
  const bool largest = call.node.intOr("largest", 1) != 0;
  const auto [values, indices] = at::sort(x, /*stable=*/true, axis, largest);
  return {values.narrow(axis, 0, k), indices.narrow(axis, 0, k)};
}

}  // namespace

void addReduction(OperatorTable& table) {
  addReductions(table);
  table.add("ArgMax", argExtreme<true>);
  table.add("ArgMin", argExtreme<false>);
  table.add("CumSum", cumulative<false>);
  table.add("CumProd", cumulative<true>);
  table.add("TopK", topK);
}

}  // namespace unitscope::ops
