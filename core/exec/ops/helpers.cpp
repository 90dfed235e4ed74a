#include "exec/ops/helpers.h"

#include <algorithm>
#include <numeric>
#include <string>

namespace unitscope::ops {

std::int64_t wrapAxis(const OpCall& call, std::int64_t axis, std::int64_t rank) {
  if (axis < -rank || axis >= rank)
    call.fail("axis " + std::to_string(axis) + " does not exist in a tensor of rank " + std::to_string(rank));
  return axis < 0 ? axis + rank : axis;
}

Ints wrapAxes(const OpCall& call, Ints axes, std::int64_t rank) {
  for (std::int64_t& axis : axes) axis = wrapAxis(call, axis, rank);
  std::ranges::sort(axes);
  if (std::ranges::adjacent_find(axes) != axes.end()) call.fail("an axis is named twice");
  return axes;
}

Ints counting(std::int64_t count, std::int64_t first) {
  Ints list(static_cast<std::size_t>(std::max<std::int64_t>(count, 0)));
  std::iota(list.begin(), list.end(), first);
  return list;
}

Tensors onOneDevice(const OpCall& call) {
  Tensors tensors(call.inputs.begin(), call.inputs.end());
  const auto far = std::ranges::find_if(tensors, [](const at::Tensor& t) { return t.defined() && !t.is_cpu(); });
  if (far == tensors.end()) return tensors;
  const at::Device device = far->device();
  for (at::Tensor& t : tensors)
    if (t.defined()) t = t.to(device);
  return tensors;
}

at::Tensor beside(const at::Tensor& t, const at::Tensor& like) {
  return t.to(like.device());
}

at::Tensor wrapIndices(const OpCall& call, const at::Tensor& indices, std::int64_t size, const at::Tensor& x) {
  if (!at::isIntegralType(indices.scalar_type(), false)) call.fail("indices must be integers");
  const at::Tensor i = indices.to(x.device(), at::kLong);
  if (i.numel() == 0) return i;
  const std::int64_t lowest = i.min().item<std::int64_t>();
  const std::int64_t highest = i.max().item<std::int64_t>();
  if (lowest < -size || highest >= size)
    call.fail("index " + std::to_string(lowest < -size ? lowest : highest) + " lies outside an axis of length " +
              std::to_string(size));
  return lowest < 0 ? at::where(i < 0, i + size, i) : i;
}

at::ScalarType scalarTypeOf(const OpCall& call, std::int64_t onnxType) {
  switch (onnxType) {
    case 1: return at::kFloat;
    case 2: return at::kByte;
    case 3: return at::kChar;
    case 5: return at::kShort;
    case 6: return at::kInt;
    case 7: return at::kLong;
    case 8: call.fail("strings cannot be computed with");
    case 9: return at::kBool;
    case 10: return at::kHalf;
    case 11: return at::kDouble;
    case 4:
    case 12:
    case 13: call.fail("unsigned integers of more than 8 bits cannot be computed with");
    case 14: return at::kComplexFloat;
    case 15: return at::kComplexDouble;
    case 16: return at::kBFloat16;
    default: call.fail("element type " + std::to_string(onnxType) + " cannot be computed with");
  }
}

const at::Tensor& atLeast(const OpCall& call, std::size_t i, std::int64_t rank) {
  const at::Tensor& t = call.in(i);
  if (t.dim() < rank)
    call.fail("input " + std::to_string(i) + " has rank " + std::to_string(t.dim()) + ", needed are at least " +
              std::to_string(rank) + " axes");
  return t;
}

const at::Tensor& exactly(const OpCall& call, std::size_t i, std::int64_t rank) {
  const at::Tensor& t = call.in(i);
  if (t.dim() != rank)
    call.fail("input " + std::to_string(i) + " has rank " + std::to_string(t.dim()) + " where " + std::to_string(rank) +
              " is needed");
  return t;
}

bool isFloat(const at::Tensor& t) {
  return at::isFloatingType(t.scalar_type());
}

at::TensorOptions creationOptions(const OpCall& call, at::ScalarType type) {
  const bool data = at::isFloatingType(type) || at::isComplexType(type);
  return at::TensorOptions().dtype(type).device(data ? call.device : at::Device(at::kCPU));
}

void addUnary(OperatorTable& table, std::string_view op, at::Tensor (*function)(const at::Tensor&)) {
  table.add(op, [function](const OpCall& call) -> Tensors { return {function(call.in(0))}; });
}

}  // namespace unitscope::ops
