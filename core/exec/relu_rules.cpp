#include "exec/relu_rules.h"

#include <torch/csrc/autograd/custom_function.h>

#include "exec/executor.h"

namespace unitscope {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct GuidedRelu : torch::autograd::Function<GuidedRelu> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x) {
    at::Tensor y = at::relu(x);
    context->save_for_backward({y});
    return y;
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const at::Tensor y = context->get_saved_variables()[0];
    return {at::where(y > 0, gradients[0].clamp_min(0), at::zeros({}, gradients[0].options()))};
  }
};

struct DeconvnetRelu : torch::autograd::Function<DeconvnetRelu> {
  static at::Tensor forward(AutogradContext*, const at::Tensor& x) { return at::relu(x); }
  static variable_list backward(AutogradContext*, variable_list gradients) { return {gradients[0].clamp_min(0)}; }
};

}  // namespace

at::Tensor reluWithRule(const at::Tensor& x, ReluRule rule) {
  switch (rule) {
    case ReluRule::Guided: return GuidedRelu::apply(x);
    case ReluRule::Deconvnet: return DeconvnetRelu::apply(x);
    case ReluRule::Standard: break;
  }
  return at::relu(x);
}

}  // namespace unitscope
