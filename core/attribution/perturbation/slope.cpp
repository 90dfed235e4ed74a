#include "attribution/perturbation/slope.h"

#include <new>
#include <string>

#include <torch/csrc/autograd/autograd.h>

#include "exec/evaluate_node.h"
#include "runtime/error.h"

namespace unitscope {

at::Tensor slopeOf(const at::Tensor& sum, const at::Tensor& leaf) {
  if (!sum.requires_grad())
    throw Error("the score does not depend on the picture through operators that have a gradient");
  try {
    const at::Tensor slope = torch::autograd::grad({sum}, {leaf}, {}, /*retain_graph=*/false, /*create_graph=*/false,
                                                   /*allow_unused=*/true)
                                 .front();
    return slope.defined() ? slope.detach() : at::zeros_like(leaf);
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
