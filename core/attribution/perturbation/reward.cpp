#include "attribution/perturbation/reward.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace unitscope {
namespace {

constexpr double kSmallestProbability = 1e-12;

}  // namespace

Reward::Reward(const ScoreFunction& score, bool contrastive) : score_(score) {
  const AttributionQuery& query = score.query();
  const std::vector<ValueId>& outputs = query.executor.graph().outputs();
  const bool answer = std::ranges::find(outputs, query.output) != outputs.end() && !query.resemble.defined();
  contrastive_ = contrastive && answer && query.against < 0 && !query.multiLabel;
  logarithm_ = answer && query.outputIsProbability;
}

at::Tensor Reward::of(const at::Tensor& rows) const {
  at::Tensor scores = rows.to(at::kFloat);
  if (logarithm_) scores = scores.clamp_min(kSmallestProbability).log();
  const at::Tensor target = score_.target(scores);
  if (!contrastive_ || scores.size(1) < 2) return target;
  const at::Tensor own = at::full({1}, score_.query().target, scores.options().dtype(at::kLong).requires_grad(false));
  const at::Tensor others = scores.index_fill(1, own, -std::numeric_limits<double>::infinity());
  return target - std::get<0>(others.max(1));
}

}  // namespace unitscope
