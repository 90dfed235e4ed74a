#pragma once

#include <functional>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "attribution/relevance/layer_roles.h"
#include "attribution/relevance/relevance_rules.h"
#include "exec/executor.h"

namespace unitscope {

/// One node of a network as it was evaluated.
struct RelevanceStep {
  const Node* node = nullptr;
  std::vector<at::Tensor> inputs;
  std::vector<bool> varies;  ///< which inputs are numbers that depend on the picture
};

/// Relevance of a node's outputs handed to its inputs, for any operator: the layers with weights by RelevanceRules, and
///  - activations, dropout, scaling by constants, normalization behind a layer that it is merged with: passed on;
///  - pools of averages, sums, interpolation: in proportion to what each input gives (averages and ReLUs by the
///  gradient
///    where the rules say so);
///  - maxima by the winner, and what only moves numbers (concatenation, slices, padding) by the gradient;
///  - products: to the signal, nothing to what weighs it (Arras et al. 2017); softmax inside the network gets nothing,
///    and layer normalization is taken as centring with a constant scale (Ali et al. 2022, arXiv:2202.07304).
class StepRules {
 public:
  StepRules(Executor& executor, RelevanceRules rules, ValueId input, ValueId output);

  /// One tensor an input in its shape, undefined where it gets nothing. `relevance` has one an output, undefined for
  /// none. Throws Error for shapes that do not fit.
  std::vector<at::Tensor> through(const RelevanceStep& step, const std::vector<at::Tensor>& relevance);
  /// Names of the operators that no rule is known for and that the plain gradient passed.
  const std::vector<std::string>& byGradient() const noexcept { return byGradient_; }

 private:
  using Shares = std::vector<at::Tensor>;
  std::vector<at::Tensor> evaluate(const RelevanceStep& step, std::vector<at::Tensor> inputs) const;
  Shares linear(const RelevanceStep& step, const at::Tensor& relevance, LinearRule rule, std::size_t data) const;
  Shares norm(const RelevanceStep& step, const at::Tensor& relevance) const;
  Shares centred(const RelevanceStep& step, const at::Tensor& relevance) const;
  Shares proportional(const RelevanceStep& step, const at::Tensor& relevance, const std::vector<std::size_t>& places,
                      double epsilon = kStabiliser) const;
  Shares sum(const RelevanceStep& step, const at::Tensor& relevance) const;
  Shares product(const RelevanceStep& step, const at::Tensor& relevance) const;
  Shares matrixProduct(const RelevanceStep& step, const at::Tensor& relevance) const;
  Shares gradient(const RelevanceStep& step, const std::vector<at::Tensor>& relevance) const;

  Executor& executor_;
  RelevanceRules rules_;
  LayerRoles roles_;
  std::vector<std::string> byGradient_;
};

}  // namespace unitscope
