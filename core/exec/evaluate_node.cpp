#include "exec/evaluate_node.h"

#include <algorithm>
#include <new>

#include <c10/util/Exception.h>

#include "exec/relu_rules.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

bool isNarrow(const at::Tensor& t) {
  return t.defined() && (t.scalar_type() == at::kHalf || t.scalar_type() == at::kBFloat16);
}

/// For operators that have no kernel of a 16-bit float type, as most have none for float16 on the CPU.
std::vector<at::Tensor> evaluateInFloat32(const OpCall& call, const OpFunction& function) {
  std::vector<at::Tensor> inputs(call.inputs.begin(), call.inputs.end());
  const at::ScalarType narrow = std::ranges::find_if(inputs, isNarrow)->scalar_type();
  for (at::Tensor& t : inputs)
    if (isNarrow(t)) t = t.to(at::kFloat);
  std::vector<at::Tensor> outputs = function(OpCall{call.node, inputs, call.device});
  for (at::Tensor& t : outputs)
    if (t.defined() && t.scalar_type() == at::kFloat) t = t.to(narrow);
  return outputs;
}

bool isOutOfMemory(std::string_view message) {
  return message.find("out of memory") != std::string_view::npos ||
         message.find("can't allocate memory") != std::string_view::npos ||
         message.find("not enough memory") != std::string_view::npos;
}

}  // namespace

std::string firstLine(std::string_view message) {
  std::string line(message.substr(0, message.find('\n')));
  if (const std::size_t trace = line.find("Exception raised from"); trace != std::string::npos) line.resize(trace);
  while (!line.empty() && (line.back() == ' ' || line.back() == '.')) line.pop_back();
  return line;
}

std::vector<at::Tensor> evaluateNode(const OpCall& call, const OpFunction* function, ReluRule relu,
                                     const OpOverride& override) {
  try {
    if (override)
      if (std::optional<std::vector<at::Tensor>> replaced = override(call)) return std::move(*replaced);
    if (relu != ReluRule::Standard && call.node.op == "Relu" && call.node.domain.empty())
      return {reluWithRule(call.in(0), relu)};
    if (function == nullptr) {
      const std::string& domain = call.node.domain;
      call.fail("the operator " + (domain.empty() ? "" : domain + "::") + call.node.op +
                " is not one that this build can compute");
    }
    if (std::ranges::none_of(call.inputs, isNarrow)) return (*function)(call);
    try {
      return (*function)(call);
    } catch (const c10::Error&) {
      return evaluateInFloat32(call, *function);
    }
  } catch (const std::bad_alloc&) {
    throw OutOfMemory(call.node.label(), "not enough memory");
  } catch (const c10::Error& e) {
    const std::string reason = firstLine(e.what_without_backtrace());
    if (dynamic_cast<const c10::OutOfMemoryError*>(&e) != nullptr || isOutOfMemory(reason))
      throw OutOfMemory(call.node.label(), "not enough memory: " + reason);
    call.fail(reason);
  } catch (const Error&) {
    throw;
  } catch (const Cancelled&) {
    throw;
  } catch (const std::exception& e) {
    // LibTorch 1.13 throws plain runtime_errors for shapes that do not fit.
    call.fail(firstLine(e.what()));
  }
}

}  // namespace unitscope
