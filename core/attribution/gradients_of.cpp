#include "attribution/gradients_of.h"

#include <new>
#include <string>

#include <torch/csrc/autograd/autograd.h>

#include "exec/evaluate_node.h"
#include "runtime/error.h"

namespace unitscope {

std::vector<at::Tensor> gradientsOf(const at::Tensor& scores, const std::vector<at::Tensor>& places) {
  if (!scores.requires_grad())
    throw Error("the score does not depend on the picture through operators that have a gradient");
  try {
    std::vector<at::Tensor> gradients =
        torch::autograd::grad({scores.sum()}, places, {}, /*retain_graph=*/false, /*create_graph=*/false,
                              /*allow_unused=*/true);
    for (std::size_t i = 0; i < gradients.size(); ++i)
      gradients[i] = gradients[i].defined() ? gradients[i].detach() : at::zeros_like(places[i]);
    return gradients;
  } catch (const std::bad_alloc&) {
    throw OutOfMemory("gradient", "not enough memory");
  } catch (const c10::Error& error) {
    const std::string reason = firstLine(error.what_without_backtrace());
    if (dynamic_cast<const c10::OutOfMemoryError*>(&error) != nullptr || reason.find("memory") != std::string::npos)
      throw OutOfMemory("gradient", reason);
    throw Error("gradient", reason);
  }
}

}  // namespace unitscope
