#include <cmath>
#include <limits>
#include <string>

#include <ATen/CPUGeneratorImpl.h>

#include "exec/ops/families.h"
#include "exec/ops/helpers.h"
#include "exec/tensors.h"

namespace unitscope::ops {
namespace {

at::Tensor placed(const OpCall& call, const at::Tensor& t) {
  return t.to(creationOptions(call, t.scalar_type()).device());
}

void checkShape(const OpCall& call, const Ints& shape) {
  for (const std::int64_t s : shape)
    if (s < 0) call.fail("the shape contains " + std::to_string(s));
  (void)elementCount(shape);
}

Tensors constant(const OpCall& call) {
  const Node& node = call.node;
  if (const TensorData* value = node.tensor("value")) return {placed(call, toTensor(*value))};
  if (node.has("value_float")) return {at::full({}, node.floatOr("value_float", 0), creationOptions(call, at::kFloat))};
  if (node.has("value_floats")) return {placed(call, at::tensor(node.floatsOr("value_floats"), at::kFloat))};
  if (node.has("value_int")) return {at::full({}, node.intOr("value_int", 0), at::kLong)};
  if (node.has("value_ints")) return {at::tensor(node.intsOr("value_ints"), at::kLong)};
  call.fail("a constant of this kind cannot be computed with");
}

Tensors constantOfShape(const OpCall& call) {
  const Ints shape = call.ints(0);
  checkShape(call, shape);
  const TensorData* value = call.node.tensor("value");
  if (value == nullptr) return {at::zeros(shape, creationOptions(call, at::kFloat))};
  if (value->count() != 1) call.fail("the value must be one number");
  const at::Tensor one = toTensor(*value);
  return {at::full(shape, one.item(), creationOptions(call, one.scalar_type()))};
}

Tensors range(const OpCall& call) {
  const at::ScalarType type = call.in(0).scalar_type();
  const double count = std::ceil((call.number(1) - call.number(0)) / call.number(2));
  if (call.number(2) == 0 || !(count < 9e15)) call.fail("the range has no end");
  if (count <= 0) return {at::empty({0}, creationOptions(call, type))};
  const at::TensorOptions wide = creationOptions(call, isFloat(call.in(0)) ? at::kDouble : at::kLong);
  const at::Tensor steps = at::arange(static_cast<std::int64_t>(count), wide);
  const auto scalar = [&](std::size_t i) { return call.in(i).detach().item(); };
  return {(steps * scalar(2) + scalar(0)).to(type)};
}

Tensors eyeLike(const OpCall& call) {
  const at::Tensor& x = exactly(call, 0, 2);
  const at::ScalarType type =
      call.node.has("dtype") ? scalarTypeOf(call, call.node.intOr("dtype", 1)) : x.scalar_type();
  const std::int64_t k = call.node.intOr("k", 0);
  const auto options = creationOptions(call, at::kLong);
  const at::Tensor rows = at::arange(x.size(0), options).unsqueeze(1);
  const at::Tensor columns = at::arange(x.size(1), options).unsqueeze(0);
  return {placed(call, (columns - rows == k).to(type))};
}

Tensors cast(const OpCall& call) {
  if (!call.node.has("to")) call.fail("the attribute 'to' is missing");
  return {call.in(0).to(scalarTypeOf(call, call.node.intOr("to", 1)))};
}

Tensors castLike(const OpCall& call) {
  return {call.in(0).to(call.in(1).scalar_type())};
}

Tensors shape(const OpCall& call) {
  const at::Tensor& x = call.in(0);
  const std::int64_t rank = x.dim();
  const auto place = [&](std::int64_t v) { return std::clamp<std::int64_t>(v < 0 ? v + rank : v, 0, rank); };
  const std::int64_t start = place(call.node.intOr("start", 0));
  const std::int64_t end = std::max(start, place(call.node.intOr("end", std::numeric_limits<std::int64_t>::max())));
  return {
      at::tensor(x.sizes().slice(static_cast<std::size_t>(start), static_cast<std::size_t>(end - start)), at::kLong)};
}

Tensors size(const OpCall& call) {
  return {at::full({}, call.in(0).numel(), at::kLong)};
}

/// Generator for a node's seed; without one LibTorch's own.
std::optional<at::Generator> generatorOf(const OpCall& call) {
  if (!call.node.has("seed")) return std::nullopt;
  // ONNX gives the seed as a float; its value, not its bits, is what other programs use.
  return at::make_generator<at::CPUGeneratorImpl>(
      static_cast<std::uint64_t>(static_cast<std::int64_t>(std::clamp(call.node.floatOr("seed", 0), -9e15, 9e15))));
}

at::Tensor draw(const OpCall& call, const Ints& shape, at::ScalarType type, bool normal) {
  checkShape(call, shape);
  if (!at::isFloatingType(type)) call.fail("random numbers must be floats");
  at::Tensor t = at::empty(shape, at::kFloat);
  const auto generator = generatorOf(call);
  const at::Generator chosen = generator ? *generator : at::Generator();
  const Node& node = call.node;
  if (normal) {
    const double deviation = node.floatOr("scale", 1.0);
    if (deviation < 0) call.fail("scale is negative");
    generator ? t.normal_(node.floatOr("mean", 0.0), deviation, chosen)
              : t.normal_(node.floatOr("mean", 0.0), deviation);
  } else {
    const double low = node.floatOr("low", 0.0), high = node.floatOr("high", 1.0);
    if (low > high) call.fail("low is above high");
    generator ? t.uniform_(low, high, chosen) : t.uniform_(low, high);
  }
  return t.to(creationOptions(call, type));
}

template <bool kNormal>
Tensors random(const OpCall& call) {
  return {draw(call, call.node.intsOr("shape"), scalarTypeOf(call, call.node.intOr("dtype", 1)), kNormal)};
}

template <bool kNormal>
Tensors randomLike(const OpCall& call) {
  const at::Tensor& x = call.in(0);
  const at::ScalarType type =
      call.node.has("dtype") ? scalarTypeOf(call, call.node.intOr("dtype", 1)) : x.scalar_type();
  return {draw(call, x.sizes().vec(), type, kNormal)};
}

}  // namespace

void addCreation(OperatorTable& table) {
  table.add("Constant", constant);
  table.add("ConstantOfShape", constantOfShape);
  table.add("Range", range);
  table.add("EyeLike", eyeLike);
  table.add("Cast", cast);
  table.add("CastLike", castLike);
  table.add("Shape", shape);
  table.add("Size", size);
  table.add("RandomNormal", random<true>);
  table.add("RandomUniform", random<false>);
  table.add("RandomNormalLike", randomLike<true>);
  table.add("RandomUniformLike", randomLike<false>);
}

}  // namespace unitscope::ops
