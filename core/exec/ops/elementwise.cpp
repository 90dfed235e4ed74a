#include <cmath>
#include <functional>
#include <string>
#include <utility>

#include "exec/ops/families.h"
#include "exec/ops/helpers.h"

namespace unitscope::ops {
namespace {

using Binary = at::Tensor (*)(const at::Tensor&, const at::Tensor&);

void addBinary(OperatorTable& table, std::string_view op, Binary function) {
  table.add(op, [function](const OpCall& call) -> Tensors {
    const at::Tensor& a = call.in(0);
    const at::Tensor& b = call.in(1);
    if (a.device() == b.device()) return {function(a, b)};
    const Tensors t = onOneDevice(call);
    return {function(t[0], t[1])};
  });
}

/// Max, Min, Sum: any number of inputs, folded from the left.
void addVariadic(OperatorTable& table, std::string_view op, Binary function) {
  table.add(op, [function](const OpCall& call) -> Tensors {
    const Tensors t = onOneDevice(call);
    at::Tensor result = call.in(0);
    for (std::size_t i = 1; i < t.size(); ++i) {
      (void)call.in(i);
      result = function(result, t[i]);
    }
    return {result};
  });
}

/// Integers divide as in C: towards zero.
at::Tensor divide(const at::Tensor& a, const at::Tensor& b) {
  const bool whole = at::isIntegralType(a.scalar_type(), true) && at::isIntegralType(b.scalar_type(), true);
  return whole ? at::div(a, b, "trunc") : at::div(a, b);
}

/// The result has the base's type, whatever the exponent's.
Tensors power(const OpCall& call) {
  const Tensors t = onOneDevice(call);
  const at::Tensor& base = call.in(0);
  const at::Tensor& exponent = call.in(1);
  if (isFloat(base)) {
    // Squares and roots have fast forms of their own.
    if (exponent.numel() == 1 && exponent.dim() <= base.dim() && !exponent.requires_grad())
      return {at::pow(base, call.number(1))};
    return {at::pow(t[0], t[1].to(base.scalar_type()))};
  }
  if (isFloat(exponent)) return {at::pow(t[0].to(at::kDouble), t[1].to(at::kDouble)).to(base.scalar_type())};
  return {at::pow(t[0].to(at::kLong), t[1].to(at::kLong)).to(base.scalar_type())};
}

Tensors modulo(const OpCall& call) {
  (void)call.in(1);
  const Tensors t = onOneDevice(call);
  if (call.node.intOr("fmod", 0) != 0) return {at::fmod(t[0], t[1])};
  if (isFloat(t[0])) call.fail("floats need fmod=1");
  return {at::remainder(t[0], t[1])};
}

Tensors mean(const OpCall& call) {
  const Tensors t = onOneDevice(call);
  at::Tensor sum = call.in(0);
  for (std::size_t i = 1; i < t.size(); ++i) sum = sum + t[i];
  return {sum / static_cast<double>(t.size())};
}

Tensors bitShift(const OpCall& call) {
  (void)call.in(1);
  const Tensors t = onOneDevice(call);
  const std::string direction = call.node.stringOr("direction", "");
  if (t[0].scalar_type() != at::kByte) call.fail("only uint8 is supported");
  // Shifting by the width or more is undefined in C; every bit is gone then.
  const at::Tensor wide = t[0].to(at::kInt);
  const at::Tensor places = t[1].to(at::kInt).clamp_max(8);
  if (direction == "LEFT") return {at::bitwise_left_shift(wide, places).bitwise_and(255).to(at::kByte)};
  if (direction == "RIGHT") return {at::bitwise_right_shift(wide, places).to(at::kByte)};
  call.fail("direction must be LEFT or RIGHT");
}

Tensors isInfinite(const OpCall& call) {
  const at::Tensor& x = call.in(0);
  const bool positive = call.node.intOr("detect_positive", 1) != 0;
  const bool negative = call.node.intOr("detect_negative", 1) != 0;
  if (positive && negative) return {at::isinf(x)};
  if (positive) return {at::isposinf(x)};
  if (negative) return {at::isneginf(x)};
  return {at::zeros_like(x, x.options().dtype(at::kBool))};
}

void addComparisons(OperatorTable& table) {
  addBinary(table, "Equal", [](const at::Tensor& a, const at::Tensor& b) { return at::eq(a, b); });
  addBinary(table, "Greater", [](const at::Tensor& a, const at::Tensor& b) { return at::gt(a, b); });
  addBinary(table, "GreaterOrEqual", [](const at::Tensor& a, const at::Tensor& b) { return at::ge(a, b); });
  addBinary(table, "Less", [](const at::Tensor& a, const at::Tensor& b) { return at::lt(a, b); });
  addBinary(table, "LessOrEqual", [](const at::Tensor& a, const at::Tensor& b) { return at::le(a, b); });
  addBinary(table, "And", [](const at::Tensor& a, const at::Tensor& b) { return at::logical_and(a, b); });
  addBinary(table, "Or", [](const at::Tensor& a, const at::Tensor& b) { return at::logical_or(a, b); });
  addBinary(table, "Xor", [](const at::Tensor& a, const at::Tensor& b) { return at::logical_xor(a, b); });
  addBinary(table, "BitwiseAnd", [](const at::Tensor& a, const at::Tensor& b) { return at::bitwise_and(a, b); });
  addBinary(table, "BitwiseOr", [](const at::Tensor& a, const at::Tensor& b) { return at::bitwise_or(a, b); });
  addBinary(table, "BitwiseXor", [](const at::Tensor& a, const at::Tensor& b) { return at::bitwise_xor(a, b); });
  addUnary(table, "Not", [](const at::Tensor& x) { return x.logical_not(); });
  addUnary(table, "BitwiseNot", [](const at::Tensor& x) { return x.bitwise_not(); });
  addUnary(table, "IsNaN", [](const at::Tensor& x) { return at::isnan(x); });
  table.add("IsInf", isInfinite);
  table.add("BitShift", bitShift);
}

void addFunctions(OperatorTable& table) {
  addUnary(table, "Abs", [](const at::Tensor& x) { return x.abs(); });
  addUnary(table, "Neg", [](const at::Tensor& x) { return x.neg(); });
  addUnary(table, "Sign", [](const at::Tensor& x) { return x.sign(); });
  addUnary(table, "Ceil", [](const at::Tensor& x) { return x.ceil(); });
  addUnary(table, "Floor", [](const at::Tensor& x) { return x.floor(); });
  addUnary(table, "Round", [](const at::Tensor& x) { return x.round(); });
  addUnary(table, "Sqrt", [](const at::Tensor& x) { return x.sqrt(); });
  addUnary(table, "Reciprocal", [](const at::Tensor& x) { return x.reciprocal(); });
  addUnary(table, "Exp", [](const at::Tensor& x) { return x.exp(); });
  addUnary(table, "Log", [](const at::Tensor& x) { return x.log(); });
  addUnary(table, "Erf", [](const at::Tensor& x) { return x.erf(); });
  addUnary(table, "Sin", [](const at::Tensor& x) { return x.sin(); });
  addUnary(table, "Cos", [](const at::Tensor& x) { return x.cos(); });
  addUnary(table, "Tan", [](const at::Tensor& x) { return x.tan(); });
  addUnary(table, "Asin", [](const at::Tensor& x) { return x.asin(); });
  addUnary(table, "Acos", [](const at::Tensor& x) { return x.acos(); });
  addUnary(table, "Atan", [](const at::Tensor& x) { return x.atan(); });
  addUnary(table, "Sinh", [](const at::Tensor& x) { return x.sinh(); });
  addUnary(table, "Cosh", [](const at::Tensor& x) { return x.cosh(); });
  addUnary(table, "Asinh", [](const at::Tensor& x) { return x.asinh(); });
  addUnary(table, "Acosh", [](const at::Tensor& x) { return x.acosh(); });
  addUnary(table, "Atanh", [](const at::Tensor& x) { return x.atanh(); });
  addUnary(table, "Identity", [](const at::Tensor& x) { return x; });
}

}  // namespace

void addElementwise(OperatorTable& table) {
  addBinary(table, "Add", [](const at::Tensor& a, const at::Tensor& b) { return at::add(a, b); });
  addBinary(table, "Sub", [](const at::Tensor& a, const at::Tensor& b) { return at::sub(a, b); });
  addBinary(table, "Mul", [](const at::Tensor& a, const at::Tensor& b) { return at::mul(a, b); });
  addBinary(table, "Div", divide);
  addVariadic(table, "Max", [](const at::Tensor& a, const at::Tensor& b) { return at::maximum(a, b); });
  addVariadic(table, "Min", [](const at::Tensor& a, const at::Tensor& b) { return at::minimum(a, b); });
  addVariadic(table, "Sum", [](const at::Tensor& a, const at::Tensor& b) { return at::add(a, b); });
  table.add("Mean", mean);
  table.add("Pow", power);
  table.add("Mod", modulo);
  addComparisons(table);
  addFunctions(table);
}

}  // namespace unitscope::ops
