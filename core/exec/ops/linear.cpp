#include <string>

#include "exec/ops/families.h"
#include "exec/ops/helpers.h"

namespace unitscope::ops {
namespace {

/// alpha A' B' + beta C.
Tensors gemm(const OpCall& call) {
  at::Tensor a = exactly(call, 0, 2);
  at::Tensor b = exactly(call, 1, 2);
  const double alpha = call.node.floatOr("alpha", 1.0), beta = call.node.floatOr("beta", 1.0);
  if (call.node.intOr("transA", 0) != 0) a = a.t();
  if (call.node.intOr("transB", 0) != 0) b = b.t();
  if (isFloat(a)) {
    if (!call.has(2)) return {alpha == 1.0 ? at::mm(a, b) : at::mm(a, b) * alpha};
    return {at::addmm(call.in(2).to(a.scalar_type()), a, b, beta, alpha)};
  }
  const at::Tensor product = at::mm(a, b).to(at::kDouble) * alpha;
  return {(call.has(2) ? product + call.in(2).to(at::kDouble) * beta : product).to(a.scalar_type())};
}

Tensors matmul(const OpCall& call) {
  atLeast(call, 0, 1);
  atLeast(call, 1, 1);
  const Tensors t = onOneDevice(call);
  return {at::matmul(t[0], t[1])};
}

Tensors einsum(const OpCall& call) {
  const std::string equation = call.node.stringOr("equation", "");
  if (equation.empty()) call.fail("the attribute equation is missing");
  for (std::size_t i = 0; i < call.inputs.size(); ++i) (void)call.in(i);
  return {at::einsum(equation, onOneDevice(call))};
}

}  // namespace

void addLinear(OperatorTable& table) {
  table.add("Gemm", gemm);
  table.add("MatMul", matmul);
  table.add("Einsum", einsum);
  addUnary(table, "Det", [](const at::Tensor& x) { return at::det(x); });
  addAttention(table);
}

}  // namespace unitscope::ops
