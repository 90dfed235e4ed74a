#include "attribution/relevance/linear_rule.h"

#include <cstddef>
#include <vector>

#include "attribution/relevance/pull_back.h"

namespace unitscope {
namespace {

at::Tensor positivePart(const at::Tensor& t) {
  return t.defined() ? t.clamp_min(0) : t;
}
at::Tensor negativePart(const at::Tensor& t) {
  return t.defined() ? t.clamp_max(0) : t;
}

/// Shares the relevance out in proportion to what all parts together give each output.
at::Tensor spread(const LinearFunction& layer, const std::vector<LinearTerms>& parts, const at::Tensor& relevance,
                  double epsilon) {
  const at::AutoGradMode gradients(true);
  std::vector<at::Tensor> leaves, outputs;
  at::Tensor total;
  for (const LinearTerms& part : parts) {
    leaves.push_back(leafOf(part.x));
    outputs.push_back(layer(leaves.back(), part.weight, part.bias));
    total = total.defined() ? total + outputs.back().detach() : outputs.back().detach();
  }
  const at::Tensor seed = dividedBy(total, relevance, epsilon);
  const std::vector<at::Tensor> slopes = pullBack(outputs, leaves, std::vector<at::Tensor>(parts.size(), seed));
  at::Tensor shares = parts.front().x * slopes.front();
  for (std::size_t i = 1; i < parts.size(); ++i) shares = shares + parts[i].x * slopes[i];
  return shares.detach();
}

/// The parts whose products are positive (or negative: `sign` false); the bias comes once.
std::vector<LinearTerms> partsOfSign(const LinearTerms& t, bool sign) {
  const at::Tensor bias = sign ? positivePart(t.bias) : negativePart(t.bias);
  std::vector<LinearTerms> parts{{positivePart(t.x), sign ? positivePart(t.weight) : negativePart(t.weight), bias}};
  // Behind a ReLU there is nothing below zero, and half the work is saved.
  if ((t.x < 0).any().item<bool>())
    parts.push_back({negativePart(t.x), sign ? negativePart(t.weight) : positivePart(t.weight), at::Tensor()});
  return parts;
}

}  // namespace

at::Tensor dividedBy(const at::Tensor& z, const at::Tensor& relevance, double epsilon) {
  if (epsilon == 0.0) {
    const at::Tensor none = z == 0;
    return (relevance / z.masked_fill(none, 1)).masked_fill(none, 0);
  }
  return relevance / at::where(z < 0, z - epsilon, z + epsilon);
}

at::Tensor throughLinear(LinearRule rule, const LinearFunction& layer, const LinearTerms& t,
                         const at::Tensor& relevance, double epsilon) {
  switch (rule) {
    case LinearRule::Epsilon: return spread(layer, {t}, relevance, epsilon);
    case LinearRule::ZPlus: return spread(layer, partsOfSign(t, true), relevance, kStabiliser);
    case LinearRule::Alpha2Beta1:
      return 2 * spread(layer, partsOfSign(t, true), relevance, kStabiliser) -
             spread(layer, partsOfSign(t, false), relevance, kStabiliser);
    case LinearRule::Flat:
      return spread(layer, {{at::ones_like(t.x), at::ones_like(t.weight), at::Tensor()}}, relevance, kStabiliser);
    case LinearRule::Excitation:
      return spread(layer, {{positivePart(t.x), positivePart(t.weight), {}}}, relevance, 0.0);
    case LinearRule::Inhibition:
      return spread(layer, {{positivePart(t.x), positivePart(-t.weight), {}}}, relevance, 0.0);
  }
  return at::zeros_like(t.x);
}

}  // namespace unitscope
