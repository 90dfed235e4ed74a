#include "exec/operator.h"

#include "exec/ops/families.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

std::string keyOf(std::string_view op, std::string_view domain) {
  return domain.empty() ? std::string(op) : std::string(domain) + "::" + std::string(op);
}

}  // namespace

const at::Tensor& OpCall::in(std::size_t i) const {
  if (!has(i)) fail("input " + std::to_string(i) + " is missing");
  return inputs[i];
}

std::vector<std::int64_t> OpCall::ints(std::size_t i) const {
  const at::Tensor& t = in(i);
  if (t.dim() > 1 || !at::isIntegralType(t.scalar_type(), /*includeBool=*/false))
    fail("input " + std::to_string(i) + " must be a list of integers");
  const at::Tensor list = t.detach().to(at::kCPU, at::kLong).contiguous();
  const auto* first = list.data_ptr<std::int64_t>();
  return {first, first + list.numel()};
}

double OpCall::number(std::size_t i) const {
  const at::Tensor& t = in(i);
  if (t.numel() != 1) fail("input " + std::to_string(i) + " must hold one number");
  return t.detach().to(at::kCPU, at::kDouble).item<double>();
}

std::int64_t OpCall::integer(std::size_t i) const {
  const at::Tensor& t = in(i);
  if (t.numel() != 1) fail("input " + std::to_string(i) + " must hold one integer");
  return t.detach().to(at::kCPU, at::kLong).item<std::int64_t>();
}

void OpCall::fail(const std::string& reason) const {
  throw Error(node.label(), reason);
}

void OperatorTable::add(std::string_view op, OpFunction function, std::string_view domain) {
  functions_.insert_or_assign(keyOf(op, domain), std::move(function));
}

const OpFunction* OperatorTable::find(std::string_view op, std::string_view domain) const {
  const auto it = functions_.find(keyOf(op, domain));
  return it != functions_.end() ? &it->second : nullptr;
}

std::vector<std::string> OperatorTable::names() const {
  std::vector<std::string> names;
  for (const auto& [name, function] : functions_) names.push_back(name);
  return names;
}

const OperatorTable& standardOperators() {
  static const OperatorTable table = [] {
    OperatorTable t;
    ops::addConvolution(t);
    ops::addPooling(t);
    ops::addNormalization(t);
    ops::addActivation(t);
    ops::addElementwise(t);
    ops::addReduction(t);
    ops::addLinear(t);
    ops::addShape(t);
    ops::addIndexing(t);
    ops::addCreation(t);
    ops::addResampling(t);
    ops::addMisc(t);
    return t;
  }();
  return table;
}

}  // namespace unitscope
