#include "formats/aten/aten_call.h"

#include <algorithm>
#include <cmath>

#include "runtime/error.h"

namespace unitscope::aten {

void AtenCall::fail(const std::string& reason) const {
  e.fail("the operator aten." + op_ + ": " + reason);
}

void AtenCall::failUnknown(const std::string& reason) const {
  e.failUnknown("the operator aten." + op_ + ": " + reason);
}

const AtenValue& AtenCall::argument(std::size_t i) const {
  static const AtenValue none;
  return i < arguments_.size() ? arguments_[i] : none;
}

const TensorRef& AtenCall::variable(std::size_t i) const {
  const AtenValue& value = argument(i);
  if (!value.is(AtenValue::Kind::Tensor) || !value.tensor)
    fail("a tensor is expected, not " + std::string(kindName(value)));
  return value.tensor;
}

ValueId AtenCall::toTensor(const AtenValue& value) const {
  using Kind = AtenValue::Kind;
  switch (value.kind) {
    case Kind::Tensor: return memory.read(value.tensor);
    case Kind::Bool: return e.scalar(value.asDouble(), DType::Bool);
    case Kind::Float: return e.scalar(value.number, DType::Float32);
    case Kind::Int:
    case Kind::SymbolicFloat: {
      if (!isSymbol(value.integer)) return e.constant(TensorData::scalar(value.integer));
      return emit("Squeeze", {e.symbolValue(value.integer), e.ints({0})});
    }
    default: fail("a tensor is expected, not " + std::string(kindName(value)));
  }
}

ValueId AtenCall::indices(std::size_t i) const {
  const ValueId v = tensor(i);
  if (isFloating(e.dtype(v)) && e.isUntyped(v)) e.setDType(v, DType::Int64);
  return v;
}

std::vector<ValueId> AtenCall::tensors(std::size_t i) const {
  const AtenValue& value = argument(i);
  if (!value.isSequence()) fail("a list of tensors is expected, not " + std::string(kindName(value)));
  std::vector<ValueId> list;
  list.reserve(value.items->size());
  for (const AtenValue& item : *value.items) list.push_back(toTensor(item));
  return list;
}

std::int64_t AtenCall::toInteger(const AtenValue& value) const {
  using Kind = AtenValue::Kind;
  if (value.is(Kind::Int) || value.is(Kind::Bool)) return value.integer;
  if (value.is(Kind::Float) && value.number == std::floor(value.number) && std::abs(value.number) < 1e15)
    return static_cast<std::int64_t>(value.number);
  if (value.is(Kind::Tensor)) {
    const ValueId v = memory.read(value.tensor);
    if (const TensorData* data = e.data(v); data != nullptr && data->count() == 1) return data->toInts().front();
    if (!isFloating(e.dtype(v))) return e.symbolFor(reshapeTo(e, e.cast(v, DType::Int64), {1}));
  }
  fail("an integer is expected, not " + std::string(kindName(value)));
}

std::int64_t AtenCall::knownInteger(std::size_t i) const {
  const std::int64_t n = integer(i);
  if (isSymbol(n)) fail("a number that depends on the input's size where a constant is needed");
  return n;
}

std::vector<std::int64_t> AtenCall::ints(std::size_t i) const {
  const AtenValue& value = argument(i);
  if (!value.isSequence()) return {toInteger(value)};
  std::vector<std::int64_t> list;
  list.reserve(value.items->size());
  for (const AtenValue& item : *value.items) list.push_back(toInteger(item));
  return list;
}

std::vector<std::int64_t> AtenCall::knownInts(std::size_t i) const {
  std::vector<std::int64_t> list = ints(i);
  if (std::ranges::any_of(list, isSymbol)) fail("a list that depends on the input's size where constants are needed");
  return list;
}

std::vector<std::int64_t> AtenCall::perAxis(std::size_t i, std::size_t count, std::int64_t fallback) const {
  std::vector<std::int64_t> list;
  if (given(i)) list = knownInts(i);
  if (list.empty()) list = {fallback};
  if (list.size() == 1) list.resize(count, list.front());
  if (list.size() != count) fail("a list of " + std::to_string(count) + " integers is expected");
  return list;
}

double AtenCall::number(std::size_t i) const {
  const AtenValue& value = argument(i);
  if (value.isNumber() && !value.isSymbolic()) return value.asDouble();
  if (value.is(AtenValue::Kind::Tensor))
    if (const TensorData* data = e.data(memory.read(value.tensor)); data != nullptr && data->count() == 1)
      return data->toDoubles().front();
  fail("a constant number is expected, not " + std::string(kindName(value)));
}

bool AtenCall::flag(std::size_t i, bool fallback) const {
  if (!given(i)) return fallback;
  return number(i) != 0.0;
}

const std::string& AtenCall::text(std::size_t i) const {
  const AtenValue& value = argument(i);
  if (!value.is(AtenValue::Kind::String)) fail("a string is expected, not " + std::string(kindName(value)));
  return value.text;
}

std::optional<DType> AtenCall::dtypeOrNone(std::size_t i) const {
  if (!given(i)) return std::nullopt;
  const auto type = dtypeFromTorch(knownInteger(i));
  if (!type) fail("a type of numbers that is not supported");
  return type;
}

AtenValue AtenCall::results(const std::vector<ValueId>& values, bool tuple) const {
  AtenList list;
  for (const ValueId v : values) list.push_back(result(v));
  return tuple ? AtenValue::ofTuple(std::move(list)) : AtenValue::ofList(std::move(list));
}

AtenValue AtenCall::view(std::size_t i, ViewStep step) const {
  const AtenValue& base = argument(i);
  const ValueId now = toTensor(base);
  const ValueId made = step.apply(now);
  if (!base.is(AtenValue::Kind::Tensor)) return result(made);
  step.name = op_;
  return AtenValue::ofTensor(memory.view(base.tensor, std::move(step), made));
}

std::optional<DType> dtypeFromTorch(std::int64_t code) noexcept {
  switch (code) {
    case 0: return DType::UInt8;
    case 1: return DType::Int8;
    case 2: return DType::Int16;
    case 3: return DType::Int32;
    case 4: return DType::Int64;
    case 5: return DType::Float16;
    case 6: return DType::Float32;
    case 7: return DType::Float64;
    case 11: return DType::Bool;
    case 15: return DType::BFloat16;
    default: return std::nullopt;
  }
}

std::int64_t dtypeToTorch(DType type) noexcept {
  for (std::int64_t code = 0; code <= 15; ++code)
    if (dtypeFromTorch(code) == type) return code;
  return 6;
}

}  // namespace unitscope::aten
