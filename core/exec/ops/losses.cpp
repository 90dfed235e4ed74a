#include <string>

#include "exec/ops/families.h"
#include "exec/ops/helpers.h"

namespace unitscope::ops {
namespace {

/// -logProbability of the target class, weighted, ignored places counting nothing, reduced as the node says.
at::Tensor likelihoodLoss(const OpCall& call, const at::Tensor& logProbability) {
  const at::Tensor& x = logProbability;
  if (x.dim() < 2) call.fail("the scores need batch and class axes");
  at::Tensor target = beside(exactly(call, 1, x.dim() - 1), x);
  if (!at::isIntegralType(target.scalar_type(), false)) call.fail("the targets must be integers");
  target = target.to(at::kLong);
  at::Tensor counted;
  if (call.node.has("ignore_index")) {
    counted = target != call.node.intOr("ignore_index", 0);
    target = at::where(counted, target, at::zeros_like(target));
  }
  target = wrapIndices(call, target, x.size(1), x);
  at::Tensor weight;
  if (call.has(2)) {
    const at::Tensor classes = beside(exactly(call, 2, 1), x).to(x.scalar_type());
    if (classes.size(0) != x.size(1)) call.fail("the weights need one entry for each class");
    weight = classes.index_select(0, target.flatten()).reshape(target.sizes());
  }
  if (counted.defined()) weight = weight.defined() ? weight * counted : counted.to(x.scalar_type());
  at::Tensor loss = -x.gather(1, target.unsqueeze(1)).squeeze(1);
  if (weight.defined()) loss = loss * weight;
  const std::string reduction = call.node.stringOr("reduction", "mean");
  if (reduction == "none") return loss;
  if (reduction == "sum") return loss.sum();
  if (reduction == "mean") return weight.defined() ? loss.sum() / weight.sum() : loss.mean();
  call.fail("reduction is '" + reduction + "', known are none, sum and mean");
}

Tensors negativeLogLikelihood(const OpCall& call) {
  return {likelihoodLoss(call, atLeast(call, 0, 2))};
}

Tensors softmaxCrossEntropy(const OpCall& call) {
  const at::Tensor logProbability = at::log_softmax(atLeast(call, 0, 2), 1);
  return {likelihoodLoss(call, logProbability), logProbability};
}

}  // namespace

void addLosses(OperatorTable& table) {
  table.add("NegativeLogLikelihoodLoss", negativeLogLikelihood);
  table.add("SoftmaxCrossEntropyLoss", softmaxCrossEntropy);
}

}  // namespace unitscope::ops
