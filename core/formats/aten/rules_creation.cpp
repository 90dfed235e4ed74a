#include <array>
#include <bit>
#include <cmath>

#include "formats/aten/aten_call.h"

namespace unitscope::aten {
namespace {

constexpr std::int64_t kMaxConstant = 1 << 20;  ///< elements that are written out

ValueId filled(const AtenCall& c, const std::vector<std::int64_t>& sizes, double value, DType type) {
  // The fill is stored as float or int64 and converted, which is exact for every type in use.
  const bool real = isFloating(type);
  if (!real && !(std::abs(value) < 9e15)) c.fail("a number that does not fit its type");
  const TensorData fill = real ? TensorData::fromFloats({1}, {static_cast<float>(value)})
                               : TensorData::fromInts({1}, {static_cast<std::int64_t>(value)});
  std::vector<std::int64_t> wanted = sizes;
  if (!wanted.empty()) wanted.front() = c.e.batchOr(wanted.front());
  return c.e.cast(c.emit("ConstantOfShape", {c.e.intVector(wanted)}, {{"value", fill}}), type);
}

/// zeros(size, dtype...): the fill is fixed
AtenRule ofSize(double value, std::size_t dtypeAt) {
  return [value, dtypeAt](AtenCall& c) {
    return c.result(filled(c, c.ints(0), value, c.dtypeOrNone(dtypeAt).value_or(DType::Float32)));
  };
}

AtenRule newOfSize(double value) {
  return [value](AtenCall& c) {
    return c.result(filled(c, c.ints(1), value, c.dtypeOrNone(2).value_or(c.e.dtype(c.tensor(0)))));
  };
}

ValueId filledLike(const AtenCall& c, ValueId x, double value, DType type) {
  if (const auto& d = c.e.dims(x)) return filled(c, *d, value, type);
  const TensorData fill = TensorData::fromFloats({1}, {static_cast<float>(value)});
  return c.e.cast(c.emit("ConstantOfShape", {c.emit("Shape", {x})}, {{"value", fill}}), type);
}

AtenRule like(double value) {
  return [value](AtenCall& c) {
    const ValueId x = c.tensor(0);
    return c.result(filledLike(c, x, value, c.dtypeOrNone(1).value_or(c.e.dtype(x))));
  };
}

/// Random numbers of the size and type of x: normal with mean and deviation, or uniform between two bounds.
ValueId drawnLike(const AtenCall& c, ValueId x, bool normal, double a, double b) {
  if (!isFloating(c.e.dtype(x))) c.fail("random integers");
  return normal ? c.emit("RandomNormalLike", {x}, {{"mean", a}, {"scale", b}})
                : c.emit("RandomUniformLike", {x}, {{"low", a}, {"high", b}});
}

AtenRule drawn(bool normal) {
  return [normal](AtenCall& c) {
    const ValueId zero = filled(c, c.ints(0), 0.0, c.dtypeOrNone(1).value_or(DType::Float32));
    return c.result(drawnLike(c, zero, normal, 0.0, 1.0));
  };
}

AtenRule drawnAlike(bool normal) {
  return [normal](AtenCall& c) {
    const ValueId x = c.tensor(0);
    return c.result(drawnLike(c, c.e.cast(x, c.dtypeOrNone(1).value_or(c.e.dtype(x))), normal, 0.0, 1.0));
  };
}

/// x.normal_(mean, deviation), x.uniform_(low, high)
AtenRule drawnInPlace(bool normal) {
  return [normal](AtenCall& c) {
    c.memory.write(c.variable(0), drawnLike(c, c.tensor(0), normal, c.number(1, 0.0), c.number(2, 1.0)));
    return c.argument(0);
  };
}

DType typeOfNumber(const AtenValue& v) {
  return v.is(AtenValue::Kind::Bool) ? DType::Bool : v.is(AtenValue::Kind::Int) ? DType::Int64 : DType::Float32;
}

/// arange(start, end, step)
AtenValue range(const AtenCall& c, const AtenValue& start, const AtenValue& end, const AtenValue& step,
                std::optional<DType> given) {
  const bool whole = start.is(AtenValue::Kind::Int) && end.is(AtenValue::Kind::Int) && step.is(AtenValue::Kind::Int);
  const DType type = given.value_or(whole ? DType::Int64 : DType::Float32);
  if (start.isSymbolic() || end.isSymbolic() || step.isSymbolic()) {
    if (!whole) c.fail("a range of fractions up to a size");
    const ValueId y = c.emit("Range", {c.toTensor(start), c.toTensor(end), c.toTensor(step)});
    c.e.setDType(y, DType::Int64);
    c.e.setDims(y, {start.integer == 0 && step.integer == 1 ? end.integer : c.e.newSymbol()});
    return c.result(c.e.cast(y, type));
  }
  const double a = start.asDouble();
  const double s = step.asDouble();
  const double count = std::ceil((end.asDouble() - a) / s);
  if (!(count >= 0.0) || count > static_cast<double>(kMaxConstant)) c.fail("a range that is too long");
  const auto n = static_cast<std::int64_t>(count);
  if (!isFloating(type)) {
    std::vector<std::int64_t> values;
    for (std::int64_t i = 0; i < n; ++i) values.push_back(static_cast<std::int64_t>(a + static_cast<double>(i) * s));
    return c.result(c.e.cast(c.e.constant(TensorData::fromInts({n}, std::move(values))), type));
  }
  std::vector<float> values;
  for (std::int64_t i = 0; i < n; ++i) values.push_back(static_cast<float>(a + static_cast<double>(i) * s));
  return c.result(c.e.cast(c.e.constant(TensorData::fromFloats({n}, std::move(values))), type));
}

AtenValue linspace(AtenCall& c) {
  const std::int64_t n = c.knownInteger(2);
  if (n < 0 || n > kMaxConstant) c.fail("a range that is too long");
  const double a = c.number(0);
  const double b = c.number(1);
  std::vector<float> values;
  for (std::int64_t i = 0; i < n; ++i)
    values.push_back(
        static_cast<float>(n == 1 ? a : a + (b - a) * static_cast<double>(i) / static_cast<double>(n - 1)));
  const ValueId y = c.e.constant(TensorData::fromFloats({n}, std::move(values)));
  return c.result(c.e.cast(y, c.dtypeOrNone(3).value_or(DType::Float32)));
}

AtenValue eye(AtenCall& c) {
  const std::int64_t n = c.knownInteger(0);
  const std::int64_t m = c.knownInteger(1, n);
  if (n < 0 || m < 0 || n > kMaxConstant || m > kMaxConstant || n * m > kMaxConstant)
    c.fail("a matrix that is too large");
  std::vector<float> values(static_cast<std::size_t>(n * m), 0.0F);
  for (std::int64_t i = 0; i < std::min(n, m); ++i) values[static_cast<std::size_t>(i * m + i)] = 1.0F;
  const ValueId y = c.e.constant(TensorData::fromFloats({n, m}, std::move(values)));
  return c.result(c.e.cast(y, c.dtypeOrNone(2).value_or(DType::Float32)));
}

AtenValue scalarTensor(AtenCall& c) {
  const AtenValue& v = c.argument(0);
  if (v.isSequence()) {
    std::vector<ValueId> parts;
    for (const AtenValue& item : *v.items) parts.push_back(c.emit("Unsqueeze", {c.toTensor(item), c.e.ints({0})}));
    if (parts.empty()) c.fail("an empty tensor");
    const ValueId y = c.emit("Concat", parts, {{"axis", std::int64_t{0}}});
    return c.result(c.e.cast(y, c.dtypeOrNone(1).value_or(c.e.dtype(y))));
  }
  const ValueId y = c.toTensor(v);
  return c.result(c.e.cast(y, c.dtypeOrNone(1).value_or(v.isNumber() ? typeOfNumber(v) : c.e.dtype(y))));
}

}  // namespace

void addCreationRules(AtenTable& t) {
  const char* sized = "size:I dtype:i? layout:*? device:*? pin_memory:*? memory_format:*?";
  t.add("zeros empty", sized, ofSize(0.0, 1));
  t.add("ones", sized, ofSize(1.0, 1));
  t.add("full", "size:I fill_value:n dtype:i? layout:*? device:*? pin_memory:*?", [](AtenCall& c) {
    return c.result(filled(c, c.ints(0), c.number(1), c.dtypeOrNone(2).value_or(typeOfNumber(c.argument(1)))));
  });
  const char* made = "self:t size:I dtype:i? layout:*? device:*? pin_memory:*?";
  t.add("new_zeros new_empty", made, newOfSize(0.0));
  t.add("new_ones", made, newOfSize(1.0));
  t.add("new_full", "self:t size:I fill_value:n dtype:i? layout:*? device:*? pin_memory:*?", [](AtenCall& c) {
    return c.result(filled(c, c.ints(1), c.number(2), c.dtypeOrNone(3).value_or(c.e.dtype(c.tensor(0)))));
  });
  const char* alike = "self:t dtype:i? layout:*? device:*? pin_memory:*? memory_format:*?";
  t.add("zeros_like empty_like", alike, like(0.0));
  t.add("ones_like", alike, like(1.0));
  t.add("full_like", "self:t fill_value:n dtype:i? layout:*? device:*? pin_memory:*? memory_format:*?",
        [](AtenCall& c) {
          const ValueId x = c.tensor(0);
          return c.result(filledLike(c, x, c.number(1), c.dtypeOrNone(2).value_or(c.e.dtype(x))));
        });
  t.add("randn", sized, drawn(true));
  t.add("rand", sized, drawn(false));
  t.add("randn_like", alike, drawnAlike(true));
  t.add("rand_like", alike, drawnAlike(false));
  t.add("normal_", "self:T mean:n? std:n? generator:*?", drawnInPlace(true));
  t.add("uniform_", "self:T from:n? to:n? generator:*?", drawnInPlace(false));
  // What fill_, zero_ and copy_ write: the table writes it to the first argument.
  t.add("zero", "self:T", like(0.0));
  t.add("fill", "self:T value:t", [](AtenCall& c) {
    const ValueId x = c.tensor(0);
    if (c.argument(1).isNumber() && !c.argument(1).isSymbolic())
      return c.result(filledLike(c, x, c.number(1), c.e.dtype(x)));
    const ValueId value = c.e.cast(c.tensor(1), c.e.dtype(x));
    return c.result(c.emit("Expand", {value, c.e.dims(x) ? c.e.intVector(*c.e.dims(x)) : c.emit("Shape", {x})}));
  });
  t.add("copy", "self:T src:t non_blocking:*?",
        [](AtenCall& c) { return c.result(c.e.cast(c.tensor(1), c.e.dtype(c.tensor(0)))); });
  const char* options = " dtype:i? layout:*? device:*? pin_memory:*?";
  const AtenValue zero = AtenValue::ofInt(0);
  const AtenValue one = AtenValue::ofInt(1);
  // arange(end, dtype...) and arange(start, end, dtype...) are told apart by their length, so the longer ones come
  // first.
  t.add("arange", std::string("start:N end:N step:N") + options,
        [](AtenCall& c) { return range(c, c.argument(0), c.argument(1), c.argument(2), c.dtypeOrNone(3)); });
  t.add("arange", std::string("start:N end:N") + options,
        [one](AtenCall& c) { return range(c, c.argument(0), c.argument(1), one, c.dtypeOrNone(2)); });
  t.add("arange", "end:N dtype:i? layout:*? device:s? pin_memory:*?",
        [zero, one](AtenCall& c) { return range(c, zero, c.argument(0), one, c.dtypeOrNone(1)); });
  t.add("linspace", std::string("start:n end:n steps:i") + options, linspace);
  t.add("eye", std::string("n:i") + " m:i?" + options, eye);
  t.add("scalar_tensor tensor lift_fresh_scalar", std::string("s/data/t:*") + options, scalarTensor);
}

}  // namespace unitscope::aten
