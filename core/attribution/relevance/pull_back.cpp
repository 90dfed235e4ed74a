#include "attribution/relevance/pull_back.h"

#include <cstddef>
#include <new>

#include <torch/csrc/autograd/autograd.h>

#include "exec/evaluate_node.h"
#include "runtime/error.h"

namespace unitscope {

at::Tensor leafOf(const at::Tensor& t) {
  return t.detach().requires_grad_(true);
}

std::vector<at::Tensor> pullBack(const std::vector<at::Tensor>& outputs, const std::vector<at::Tensor>& leaves,
                                 const std::vector<at::Tensor>& seeds) {
  std::vector<at::Tensor> differentiable, grown;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (!outputs[i].requires_grad()) continue;
    differentiable.push_back(outputs[i]);
    grown.push_back(seeds[i]);
  }
  std::vector<at::Tensor> results(leaves.size());
  if (!differentiable.empty()) {
    try {
      results = torch::autograd::grad(differentiable, leaves, grown, /*retain_graph=*/false, /*create_graph=*/false,
                                      /*allow_unused=*/true);
    } catch (const std::bad_alloc&) {
      throw OutOfMemory("relevance", "not enough memory");
    } catch (const c10::Error& error) {
      throwAsError("relevance", error);
    }
  }
  for (std::size_t i = 0; i < leaves.size(); ++i)
    results[i] = results[i].defined() ? results[i].detach() : at::zeros_like(leaves[i]).detach();
  return results;
}

void throwAsError(const std::string& subject, const c10::Error& error) {
  const std::string reason = firstLine(error.what_without_backtrace());
  if (dynamic_cast<const c10::OutOfMemoryError*>(&error) != nullptr || reason.find("memory") != std::string::npos)
    throw OutOfMemory(subject, reason);
  throw Error(subject, reason);
}

}  // namespace unitscope
