#include <cmath>
#include <string>

#include "exec/ops/families.h"
#include "exec/ops/helpers.h"

namespace unitscope::ops {
namespace {

std::int64_t axisOf(const OpCall& call) {
  return wrapAxis(call, call.node.intOr("axis", -1), atLeast(call, 0, 1).dim());
}

Tensors prelu(const OpCall& call) {
  const at::Tensor& x = call.in(0);
  return {at::where(x > 0, x, x * call.in(1))};
}

Tensors hardSigmoid(const OpCall& call) {
  const double alpha = call.node.floatOr("alpha", 0.2), beta = call.node.floatOr("beta", 0.5);
  if (std::abs(alpha - 1.0 / 6) < 1e-7 && beta == 0.5) return {at::hardsigmoid(call.in(0))};
  return {(call.in(0) * alpha + beta).clamp(0, 1)};
}

/// Hendrycks & Gimpel 2016: x times the normal distribution function, or its approximation by tanh.
Tensors gelu(const OpCall& call) {
  const std::string how = call.node.stringOr("approximate", "none");
  if (how != "none" && how != "tanh") call.fail("approximate is '" + how + "', known are none and tanh");
  return {at::gelu(call.in(0), how)};
}

Tensors swish(const OpCall& call) {
  const at::Tensor& x = call.in(0);
  const double alpha = call.node.floatOr("alpha", 1.0);
  return {alpha == 1.0 ? at::silu(x) : x * (x * alpha).sigmoid()};
}

Tensors shrink(const OpCall& call) {
  const at::Tensor& x = call.in(0);
  const double bias = call.node.floatOr("bias", 0.0), lambda = call.node.floatOr("lambd", 0.5);
  const at::Tensor f = isFloat(x) ? x : x.to(at::kDouble);
  const at::Tensor zero = at::zeros_like(f);
  return {at::where(f < -lambda, f + bias, at::where(f > lambda, f - bias, zero)).to(x.scalar_type())};
}

Tensors hardmax(const OpCall& call) {
  const std::int64_t axis = axisOf(call);
  const at::Tensor& x = call.in(0);
  const at::Tensor first = x.detach().argmax(axis, true);
  return {at::zeros_like(x).scatter(axis, first, 1)};
}

/// Each bound is one number or left out; where they cross the upper one wins.
Tensors clip(const OpCall& call) {
  const at::Tensor& x = call.in(0);
  const auto bound = [&](std::size_t i) {
    if (call.in(i).numel() != 1) call.fail("a bound must be one number");
    return call.in(i).detach().item();
  };
  if (call.has(1) && call.has(2)) return {at::clamp(x, bound(1), bound(2))};
  if (call.has(1)) return {at::clamp_min(x, bound(1))};
  if (call.has(2)) return {at::clamp_max(x, bound(2))};
  return {x};
}

/// Inference passes everything on; training would draw numbers that nobody can reproduce.
Tensors dropout(const OpCall& call) {
  const at::Tensor& x = call.in(0);
  const bool training = call.has(2) && call.number(2) != 0;
  const double ratio = call.has(1) ? call.number(1) : 0.5;
  if (training && ratio != 0) call.fail("training mode with a ratio above 0 is not supported: its result is random");
  return {x, at::ones_like(x, x.options().dtype(at::kBool))};
}

}  // namespace

void addActivation(OperatorTable& table) {
  const auto alpha = [](const OpCall& call, double fallback) { return call.node.floatOr("alpha", fallback); };
  addUnary(table, "Relu", [](const at::Tensor& x) { return at::relu(x); });
  addUnary(table, "Sigmoid", [](const at::Tensor& x) { return x.sigmoid(); });
  addUnary(table, "Tanh", [](const at::Tensor& x) { return x.tanh(); });
  addUnary(table, "HardSwish", [](const at::Tensor& x) { return at::hardswish(x); });
  addUnary(table, "Mish", [](const at::Tensor& x) { return at::mish(x); });
  addUnary(table, "Softplus", [](const at::Tensor& x) { return at::softplus(x); });
  addUnary(table, "Softsign", [](const at::Tensor& x) { return x / (1 + x.abs()); });
  table.add("LeakyRelu", [=](const OpCall& c) -> Tensors { return {at::leaky_relu(c.in(0), alpha(c, 0.01))}; });
  table.add("Elu", [=](const OpCall& c) -> Tensors { return {at::elu(c.in(0), alpha(c, 1.0))}; });
  table.add("Celu", [=](const OpCall& c) -> Tensors { return {at::celu(c.in(0), alpha(c, 1.0))}; });
  table.add("Selu", [=](const OpCall& c) -> Tensors {
    // The constants of Klambauer et al. 2017 as float32 holds them.
    return {at::elu(c.in(0), alpha(c, 1.67326319217681884765625), c.node.floatOr("gamma", 1.05070102214813232421875))};
  });
  table.add("ThresholdedRelu", [=](const OpCall& c) -> Tensors { return {at::threshold(c.in(0), alpha(c, 1.0), 0)}; });
  table.add("Softmax", [](const OpCall& c) -> Tensors { return {at::softmax(c.in(0), axisOf(c))}; });
  table.add("LogSoftmax", [](const OpCall& c) -> Tensors { return {at::log_softmax(c.in(0), axisOf(c))}; });
  table.add("Hardmax", hardmax);
  table.add("PRelu", prelu);
  table.add("HardSigmoid", hardSigmoid);
  table.add("Gelu", gelu);
  table.add("Swish", swish);
  table.add("Shrink", shrink);
  table.add("Clip", clip);
  table.add("Dropout", dropout);
}

}  // namespace unitscope::ops
