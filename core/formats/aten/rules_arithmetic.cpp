#include <cmath>

#include "formats/aten/aten_call.h"

namespace unitscope::aten {
namespace {

using Kind = AtenValue::Kind;

int category(DType type) {
  return type == DType::Bool ? 0 : isFloating(type) ? 2 : 1;
}

/// Order of types within a category.
int width(DType type) {
  static constexpr DType order[] = {DType::Bool,  DType::UInt8,   DType::Int8,     DType::Int16,   DType::Int32,
                                    DType::Int64, DType::Float16, DType::BFloat16, DType::Float32, DType::Float64};
  for (int i = 0; i < static_cast<int>(std::size(order)); ++i)
    if (order[i] == type) return i;
  return 0;
}

struct Operand {
  DType type;
  int priority;  ///< tensors before scalar tensors before numbers
};

Operand operandOf(const AtenCall& c, const AtenValue& value) {
  if (value.is(Kind::Tensor)) {
    const ValueId v = c.memory.read(value.tensor);
    const bool scalar = c.e.dims(v) && c.e.dims(v)->empty();
    return {c.e.dtype(v), scalar ? 1 : 2};
  }
  if (value.is(Kind::Bool)) return {DType::Bool, 0};
  return {value.is(Kind::Int) ? DType::Int64 : DType::Float32, 0};
}

/// An operand as a tensor of the given type.
ValueId operand(const AtenCall& c, const AtenValue& value, DType type) {
  if (value.isNumber() && !value.isSymbolic()) {
    const double number = type == DType::Bool ? (value.asDouble() != 0.0 ? 1.0 : 0.0) : value.asDouble();
    if (value.is(Kind::Int) && type == DType::Int64) return c.toTensor(value);
    return c.e.scalar(number, type);
  }
  return c.e.cast(c.toTensor(value), type);
}

struct Pair {
  ValueId a, b;
};

Pair promoted(const AtenCall& c, std::size_t i = 0, std::size_t j = 1, bool real = false) {
  DType type = promotedType(c, c.argument(i), c.argument(j));
  if (real && !isFloating(type)) type = DType::Float32;
  return {operand(c, c.argument(i), type), operand(c, c.argument(j), type)};
}

AtenRule binary(const char* op) {
  return [op](AtenCall& c) {
    const Pair p = promoted(c);
    return c.result(c.emit(op, {p.a, p.b}));
  };
}

AtenRule additive(const char* op, bool reversed) {
  return [op, reversed](AtenCall& c) {
    Pair p = promoted(c);
    if (c.given(2) && c.number(2) != 1.0) {
      ValueId& scaled = reversed ? p.a : p.b;
      scaled = c.emit("Mul", {scaled, c.e.scalar(c.number(2), c.e.dtype(scaled))});
    }
    if (reversed) std::swap(p.a, p.b);
    if (c.e.dtype(p.a) == DType::Bool) c.fail("adds truth values");
    return c.result(c.emit(op, {p.a, p.b}));
  };
}

ValueId floorQuotient(const AtenCall& c, const Pair& p) {
  if (isFloating(c.e.dtype(p.a))) return c.emit("Floor", {c.emit("Div", {p.a, p.b})});
  return c.emit("Div", {c.emit("Sub", {p.a, c.emit("Mod", {p.a, p.b})}), p.b});
}

AtenValue divide(AtenCall& c) {
  const std::string mode = c.given(2) ? c.text(2) : std::string();
  if (mode == "floor") return c.result(floorQuotient(c, promoted(c)));
  const Pair p = promoted(c, 0, 1, mode.empty());
  ValueId y = c.emit("Div", {p.a, p.b});
  if (mode == "trunc" && isFloating(c.e.dtype(y)))
    y = c.emit("Mul", {c.emit("Sign", {y}), c.emit("Floor", {c.emit("Abs", {y})})});
  return c.result(y);
}

AtenValue remainder(AtenCall& c) {
  const Pair p = promoted(c);
  if (!isFloating(c.e.dtype(p.a))) return c.result(c.emit("Mod", {p.a, p.b}));
  return c.result(c.emit("Sub", {p.a, c.emit("Mul", {floorQuotient(c, p), p.b})}));
}

AtenValue power(AtenCall& c) {
  const AtenValue& exponent = c.argument(1);
  if (c.argument(0).is(Kind::Tensor) && exponent.isNumber() && !exponent.isSymbolic()) {
    ValueId x = c.tensor(0);
    const double n = exponent.asDouble();
    if (!isFloating(c.e.dtype(x)) && exponent.is(Kind::Float)) x = c.e.cast(x, DType::Float32);
    if (n == 2.0) return c.result(c.emit("Mul", {x, x}));
    if (n == 0.5) return c.result(c.emit("Sqrt", {x}));
    return c.result(c.emit("Pow", {x, c.e.scalar(n, c.e.dtype(x))}));
  }
  return binary("Pow")(c);
}

AtenRule compare(const char* op, bool negated) {
  return [op, negated](AtenCall& c) {
    const Pair p = promoted(c);
    const ValueId y = c.emit(op, {p.a, p.b});
    return c.result(negated ? c.emit("Not", {y}) : y);
  };
}

AtenRule logical(const char* op) {
  return [op](AtenCall& c) {
    return c.result(c.emit(op, {c.e.cast(c.tensor(0), DType::Bool), c.e.cast(c.tensor(1), DType::Bool)}));
  };
}

AtenRule bitwise(const char* boolean, const char* integer) {
  return [boolean, integer](AtenCall& c) {
    const Pair p = promoted(c);
    return c.result(c.emit(c.e.dtype(p.a) == DType::Bool ? boolean : integer, {p.a, p.b}));
  };
}

AtenValue clamp(AtenCall& c) {
  ValueId x = c.tensor(0);
  const auto isConstant = [&](std::size_t i) { return !c.given(i) || c.argument(i).isNumber(); };
  if (isConstant(1) && isConstant(2) && !c.argument(1).isSymbolic() && !c.argument(2).isSymbolic()) {
    const auto bound = [&](std::size_t i) { return c.given(i) ? c.e.scalar(c.number(i), c.e.dtype(x)) : kNoValue; };
    std::vector<ValueId> inputs{x, bound(1)};
    if (c.given(2)) inputs.push_back(bound(2));
    return c.result(c.emit("Clip", std::move(inputs)));
  }
  const DType type = c.e.dtype(x);
  if (c.given(1)) x = c.emit("Max", {x, operand(c, c.argument(1), type)});
  if (c.given(2)) x = c.emit("Min", {x, operand(c, c.argument(2), type)});
  return c.result(x);
}

AtenValue where(AtenCall& c) {
  const Pair p = promoted(c, 1, 2);
  return c.result(c.emit("Where", {c.e.cast(c.tensor(0), DType::Bool), p.a, p.b}));
}

AtenValue maskedFill(AtenCall& c) {
  const ValueId x = c.tensor(0);
  const ValueId fill = operand(c, c.argument(2), c.e.dtype(x));
  return c.result(c.emit("Where", {c.e.cast(c.tensor(1), DType::Bool), fill, x}));
}

/// self + value * (a op b)
AtenRule addCombined(const char* op) {
  return [op](AtenCall& c) {
    const ValueId self = c.tensor(0);
    const DType type = c.e.dtype(self);
    ValueId y = c.emit(op, {c.e.cast(c.tensor(1), type), c.e.cast(c.tensor(2), type)});
    if (const double factor = c.number(3, 1.0); factor != 1.0) y = c.emit("Mul", {y, c.e.scalar(factor, type)});
    return c.result(c.emit("Add", {self, y}));
  };
}

AtenValue lerp(AtenCall& c) {
  const ValueId a = c.tensor(0);
  const ValueId step = c.emit("Sub", {c.tensor(1), a});
  return c.result(c.emit("Add", {a, c.emit("Mul", {step, operand(c, c.argument(2), c.e.dtype(a))})}));
}

AtenValue atan2(AtenCall& c) {
  // atan(y / x), moved to the right half plane where x is negative.
  const Pair p = promoted(c, 0, 1, true);
  const DType type = c.e.dtype(p.a);
  const ValueId zero = c.e.scalar(0.0, type);
  const ValueId pi = c.e.scalar(M_PI, type);
  const ValueId base = c.emit("Atan", {c.emit("Div", {p.a, p.b})});
  const ValueId turned =
      c.emit("Where", {c.emit("GreaterOrEqual", {p.a, zero}), c.emit("Add", {base, pi}), c.emit("Sub", {base, pi})});
  return c.result(c.emit("Where", {c.emit("Less", {p.b, zero}), turned, base}));
}

}  // namespace

DType promotedType(const AtenCall& call, const AtenValue& a, const AtenValue& b) {
  const Operand x = operandOf(call, a);
  const Operand y = operandOf(call, b);
  if (x.priority == y.priority) {
    // Two halves of different kinds need float32.
    const bool halves = (x.type == DType::Float16 && y.type == DType::BFloat16) ||
                        (x.type == DType::BFloat16 && y.type == DType::Float16);
    if (halves) return DType::Float32;
    return width(x.type) >= width(y.type) ? x.type : y.type;
  }
  const Operand& strong = x.priority > y.priority ? x : y;
  const Operand& weak = x.priority > y.priority ? y : x;
  return category(weak.type) > category(strong.type) ? weak.type : strong.type;
}

void addArithmeticRules(AtenTable& t) {
  // At least one tensor: numbers alone are matched by the scalar rules' signatures, which ask for numbers only.
  for (const char* signature : {"self/input:T other:t alpha:n?", "self/input:t other:T alpha:n?"}) {
    t.add("add", signature, additive("Add", false));
    t.add("sub subtract", signature, additive("Sub", false));
    t.add("rsub", signature, additive("Sub", true));
  }
  for (const char* signature :
       {"self/input:T other/exponent:t rounding_mode:s?", "self/input:t other/exponent:T rounding_mode:s?"}) {
    t.add("mul multiply", signature, binary("Mul"));
    t.add("div divide true_divide", signature, divide);
    t.add("floor_divide", signature, [](AtenCall& c) { return c.result(floorQuotient(c, promoted(c))); });
    t.add("remainder", signature, remainder);
    t.add("fmod", signature, [](AtenCall& c) {
      const Pair p = promoted(c);
      return c.result(c.emit("Mod", {p.a, p.b}, {{"fmod", std::int64_t{1}}}));
    });
    t.add("pow", signature, power);
    t.add("maximum", signature, binary("Max"));
    t.add("minimum", signature, binary("Min"));
    t.add("atan2", signature, atan2);
    t.add("eq", signature, compare("Equal", false));
    t.add("ne not_equal", signature, compare("Equal", true));
    t.add("lt less", signature, compare("Less", false));
    t.add("le less_equal", signature, compare("LessOrEqual", false));
    t.add("gt greater", signature, compare("Greater", false));
    t.add("ge greater_equal", signature, compare("GreaterOrEqual", false));
    t.add("logical_and", signature, logical("And"));
    t.add("logical_or", signature, logical("Or"));
    t.add("logical_xor", signature, logical("Xor"));
    t.add("bitwise_and __and__", signature, bitwise("And", "BitwiseAnd"));
    t.add("bitwise_or __or__", signature, bitwise("Or", "BitwiseOr"));
    t.add("bitwise_xor __xor__", signature, bitwise("Xor", "BitwiseXor"));
  }
  t.add("logical_not", "self:T",
        [](AtenCall& c) { return c.result(c.emit("Not", {c.e.cast(c.tensor(0), DType::Bool)})); });
  t.add("bitwise_not", "self:T", [](AtenCall& c) {
    const ValueId x = c.tensor(0);
    return c.result(c.emit(c.e.dtype(x) == DType::Bool ? "Not" : "BitwiseNot", {x}));
  });
  t.add("clamp clip", "self/input:T min:t? max:t?", clamp);
  t.add("clamp_min", "self:T min:t", clamp);
  t.add("clamp_max", "self:T max:t", [](AtenCall& c) {
    const ValueId x = c.tensor(0);
    return c.result(c.emit("Min", {x, operand(c, c.argument(1), c.e.dtype(x))}));
  });
  t.add("where", "condition:T self/input:t other:t", where);
  t.add("masked_fill", "self:T mask:T value:t", maskedFill);
  t.add("addcmul", "self:T tensor1:T tensor2:T value:n?", addCombined("Mul"));
  t.add("addcdiv", "self:T tensor1:T tensor2:T value:n?", addCombined("Div"));
  t.add("lerp", "self:T end:T weight:t", lerp);
  t.add("trunc fix", "self:T", [](AtenCall& c) {
    const ValueId x = c.tensor(0);
    return c.result(c.emit("Mul", {c.emit("Sign", {x}), c.emit("Floor", {c.emit("Abs", {x})})}));
  });
  t.add("frac", "self:T", [](AtenCall& c) {
    const ValueId x = c.tensor(0);
    return c.result(c.emit("Sub", {x, c.emit("Mul", {c.emit("Sign", {x}), c.emit("Floor", {c.emit("Abs", {x})})})}));
  });
}

}  // namespace unitscope::aten
