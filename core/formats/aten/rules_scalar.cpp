#include <cmath>
#include <functional>

#include "formats/aten/aten_call.h"

namespace unitscope::aten {
namespace {

using Kind = AtenValue::Kind;

bool isReal(const AtenValue& v) {
  return v.is(Kind::Float) || v.is(Kind::SymbolicFloat);
}

/// A number as a float32 of shape [1].
ValueId floatValue(const AtenCall& c, const AtenValue& v) {
  if (v.is(Kind::SymbolicFloat)) return c.e.symbolValue(v.integer);
  if (v.is(Kind::Int) && isSymbol(v.integer)) return c.e.cast(c.e.symbolValue(v.integer), DType::Float32);
  return c.e.constant(TensorData::fromFloats({1}, {static_cast<float>(v.asDouble())}));
}

AtenValue symbolicFloat(const AtenCall& c, ValueId v) {
  return AtenValue::ofSymbolicFloat(c.e.symbolFor(v));
}

/// Arithmetic on two numbers: integers by the emitter, floats here or in the graph.
AtenRule binary(const char* op, std::function<double(double, double)> real) {
  return [op, real = std::move(real)](AtenCall& c) {
    const AtenValue& a = c.argument(0);
    const AtenValue& b = c.argument(1);
    const std::int64_t alpha = c.knownInteger(2, 1);
    const bool reversed = std::string_view(op) == "RSub";
    if (!isReal(a) && !isReal(b)) {
      if (reversed) return AtenValue::ofInt(c.e.arithmetic("Sub", b.integer, a.integer));
      return AtenValue::ofInt(c.e.arithmetic(op, a.integer, c.e.arithmetic("Mul", b.integer, alpha)));
    }
    if (!a.isSymbolic() && !b.isSymbolic())
      return AtenValue::ofFloat(real(a.asDouble(), b.asDouble() * static_cast<double>(alpha)));
    if (alpha != 1) c.fail("an alpha of its own");
    const ValueId x = floatValue(c, a);
    const ValueId y = floatValue(c, b);
    if (reversed) return symbolicFloat(c, c.emit("Sub", {y, x}));
    if (std::string_view(op) == "FloorDiv") return symbolicFloat(c, c.emit("Floor", {c.emit("Div", {x, y})}));
    if (std::string_view(op) == "Mod") {
      const ValueId whole = c.emit("Floor", {c.emit("Div", {x, y})});
      return symbolicFloat(c, c.emit("Sub", {x, c.emit("Mul", {whole, y})}));
    }
    return symbolicFloat(c, c.emit(op, {x, y}));
  };
}

AtenValue divide(AtenCall& c) {
  const AtenValue& a = c.argument(0);
  const AtenValue& b = c.argument(1);
  const std::string mode = c.given(2) ? c.text(2) : std::string();
  if (!mode.empty() && !isReal(a) && !isReal(b)) {
    if (mode == "trunc" && (a.isSymbolic() ? false : a.integer < 0)) c.fail("rounding to zero of a negative size");
    return AtenValue::ofInt(c.e.arithmetic("FloorDiv", a.integer, b.integer));
  }
  if (!mode.empty()) c.fail("rounding mode " + mode);
  if (!a.isSymbolic() && !b.isSymbolic()) return AtenValue::ofFloat(a.asDouble() / b.asDouble());
  return symbolicFloat(c, c.emit("Div", {floatValue(c, a), floatValue(c, b)}));
}

AtenRule rounding(const char* op, double (*real)(double)) {
  return [op, real](AtenCall& c) {
    const AtenValue& a = c.argument(0);
    if (!isReal(a)) return a;
    if (!a.isSymbolic()) return AtenValue::ofFloat(real(a.number));
    return symbolicFloat(c, c.emit(op, {floatValue(c, a)}));
  };
}

AtenValue clampNumber(AtenCall& c) {
  AtenValue v = c.argument(0);
  for (const auto& [i, op] : {std::pair{std::size_t{1}, "Max"}, std::pair{std::size_t{2}, "Min"}}) {
    if (!c.given(i)) continue;
    const AtenValue& bound = c.argument(i);
    if (!isReal(v) && !isReal(bound)) {
      v = AtenValue::ofInt(c.e.arithmetic(op, v.integer, bound.integer));
    } else if (!v.isSymbolic() && !bound.isSymbolic()) {
      v = AtenValue::ofFloat(i == 1 ? std::max(v.asDouble(), bound.asDouble())
                                    : std::min(v.asDouble(), bound.asDouble()));
    } else {
      const ValueId x = floatValue(c, v);
      v = symbolicFloat(c, c.emit(op, {x, floatValue(c, bound)}));
    }
  }
  return v;
}

/// Comparisons decide which part of a program runs, so they must be known now.
AtenRule compare(std::function<bool(double, double)> holds, bool equalResult) {
  return [holds = std::move(holds), equalResult](AtenCall& c) {
    const AtenValue& a = c.argument(0);
    const AtenValue& b = c.argument(1);
    if (a.isSymbolic() || b.isSymbolic()) {
      if (a.kind == b.kind && a.integer == b.integer) return AtenValue::ofBool(equalResult);
      const std::int64_t ha = a.is(Kind::Int) ? c.e.hint(a.integer) : 0;
      const std::int64_t hb = b.is(Kind::Int) ? c.e.hint(b.integer) : 0;
      if (ha <= 0 || hb <= 0) c.fail("compares sizes that are known only when the network runs (control flow)");
      return AtenValue::ofBool(holds(static_cast<double>(ha), static_cast<double>(hb)));
    }
    if (!isReal(a) && !isReal(b) && a.integer == b.integer) return AtenValue::ofBool(equalResult);
    return AtenValue::ofBool(holds(a.asDouble(), b.asDouble()));
  };
}

AtenValue toInteger(AtenCall& c) {
  const AtenValue& a = c.argument(0);
  if (a.is(Kind::Float)) {
    if (!(std::abs(a.number) < 1e15)) c.fail("a number that is too large");
    return AtenValue::ofInt(static_cast<std::int64_t>(std::trunc(a.number)));
  }
  if (a.is(Kind::SymbolicFloat))
    return AtenValue::ofInt(c.e.symbolFor(c.e.cast(c.e.symbolValue(a.integer), DType::Int64)));
  return AtenValue::ofInt(c.integer(0));
}

AtenValue toFloat(AtenCall& c) {
  const AtenValue& a = c.argument(0);
  if (a.is(Kind::SymbolicFloat) || a.is(Kind::Float)) return a;
  if (a.isSymbolic()) return symbolicFloat(c, floatValue(c, a));
  return AtenValue::ofFloat(c.number(0));
}

}  // namespace

void addScalarRules(AtenTable& t) {
  t.add("Int", "a:t", toInteger);
  t.add("Float", "a:t", toFloat);
  t.add("Bool", "a:t", [](AtenCall& c) {
    if (c.argument(0).isSymbolic()) c.fail("asks about a size that is known only when the network runs (control flow)");
    return AtenValue::ofBool(c.flag(0));
  });
  // The arithmetic names are shared with tensors; these stand first in the table for numbers alone.
  t.add("add", "self/a:N other/b:N alpha:n?", binary("Add", [](double a, double b) { return a + b; }));
  t.add("sub", "self/a:N other/b:N alpha:n?", binary("Sub", [](double a, double b) { return a - b; }));
  t.add("rsub", "self:N other:N", binary("RSub", [](double a, double b) { return b - a; }));
  t.add("mul", "self/a:N other/b:N", binary("Mul", [](double a, double b) { return a * b; }));
  t.add("floor_divide floordiv", "self/a:N other/b:N",
        binary("FloorDiv", [](double a, double b) { return std::floor(a / b); }));
  t.add("remainder mod", "self/a:N other/b:N",
        binary("Mod", [](double a, double b) { return a - std::floor(a / b) * b; }));
  t.add("maximum max sym_max", "self/a:N other/b:N", binary("Max", [](double a, double b) { return std::max(a, b); }));
  t.add("minimum min sym_min", "self/a:N other/b:N", binary("Min", [](double a, double b) { return std::min(a, b); }));
  t.add("div true_divide truediv", "self/a:N other/b:N rounding_mode:s?", divide);
  t.add("pow", "self/a:N exponent/other/b:N", [](AtenCall& c) {
    const AtenValue& a = c.argument(0);
    const AtenValue& b = c.argument(1);
    if (b.is(Kind::Int) && !isSymbol(b.integer) && b.integer >= 0 && b.integer <= 8 && a.is(Kind::Int)) {
      std::int64_t power = 1;
      for (std::int64_t i = 0; i < b.integer; ++i) power = c.e.arithmetic("Mul", power, a.integer);
      return AtenValue::ofInt(power);
    }
    if (!a.isSymbolic() && !b.isSymbolic()) return AtenValue::ofFloat(std::pow(a.asDouble(), b.asDouble()));
    return symbolicFloat(c, c.emit("Pow", {floatValue(c, a), floatValue(c, b)}));
  });
  // How torch.jit.script counts a loop.
  t.add("__range_length", "lo:i hi:i step:i", [](AtenCall& c) {
    const std::int64_t from = c.knownInteger(0), to = c.knownInteger(1), step = c.knownInteger(2);
    if (step == 0) c.fail("a step of zero");
    const std::int64_t way = step > 0 ? to - from : from - to, stride = std::abs(step);
    return AtenValue::ofInt(way > 0 ? (way + stride - 1) / stride : 0);
  });
  t.add("__derive_index", "index:i start:i step:i", [](AtenCall& c) {
    return AtenValue::ofInt(c.e.arithmetic("Add", c.integer(1), c.e.arithmetic("Mul", c.integer(0), c.integer(2))));
  });
  t.add("neg", "self/a:N", [](AtenCall& c) {
    const AtenValue& a = c.argument(0);
    if (!isReal(a)) return AtenValue::ofInt(c.e.arithmetic("Sub", 0, a.integer));
    if (!a.isSymbolic()) return AtenValue::ofFloat(-a.number);
    return symbolicFloat(c, c.emit("Neg", {floatValue(c, a)}));
  });
  t.add("abs", "self:N", [](AtenCall& c) { return AtenValue::ofFloat(std::abs(c.number(0))); });
  t.add("sqrt", "a/self:N", [](AtenCall& c) {
    const AtenValue& a = c.argument(0);
    if (!a.isSymbolic()) return AtenValue::ofFloat(std::sqrt(a.asDouble()));
    return symbolicFloat(c, c.emit("Sqrt", {floatValue(c, a)}));
  });
  t.add("clamp clip clamp_min", "self:N min:N? max:N?", clampNumber);
  t.add("ceil", "self/a:N", rounding("Ceil", [](double a) { return std::ceil(a); }));
  t.add("floor", "self/a:N", rounding("Floor", [](double a) { return std::floor(a); }));
  t.add("trunc", "self/a:N", rounding("Floor", [](double a) { return std::trunc(a); }));
  t.add("eq", "self/a:N other/b:N", compare([](double a, double b) { return a == b; }, true));
  t.add("ne", "self/a:N other/b:N", compare([](double a, double b) { return a != b; }, false));
  t.add("lt", "self/a:N other/b:N", compare([](double a, double b) { return a < b; }, false));
  t.add("le", "self/a:N other/b:N", compare([](double a, double b) { return a <= b; }, true));
  t.add("gt", "self/a:N other/b:N", compare([](double a, double b) { return a > b; }, false));
  t.add("ge", "self/a:N other/b:N", compare([](double a, double b) { return a >= b; }, true));
  t.add("__and__ logical_and", "self/a:N other/b:N",
        [](AtenCall& c) { return AtenValue::ofBool(c.flag(0) && c.flag(1)); });
  t.add("__or__ logical_or", "self/a:N other/b:N",
        [](AtenCall& c) { return AtenValue::ofBool(c.flag(0) || c.flag(1)); });
  t.add("__not__ logical_not", "self:N", [](AtenCall& c) { return AtenValue::ofBool(!c.flag(0)); });
  t.add(
      "_assert_async _assert_scalar _assert_tensor_metadata sym_constrain_range sym_constrain_range_for_size "
      "_functional_assert_async",
      "a:*? b:*? c:*? d:*? e:*? dtype:*? size:*? stride:*? min:*? max:*?", [](AtenCall&) { return AtenValue(); });
}

}  // namespace unitscope::aten
