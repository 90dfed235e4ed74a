#include "activations/factors.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include <ATen/CPUGeneratorImpl.h>

namespace unitscope {
namespace {

constexpr std::int64_t kExtraDirections = 8;
constexpr int kPowerSteps = 4;
constexpr double kTiny = 1e-12;

struct Singular {
  at::Tensor left, values, right;  // [P,r], [r], [C,r]
};

/// The largest singular vectors; exact where the matrix is narrow.
Singular largestSingular(const at::Tensor& matrix, std::int64_t count, std::uint64_t seed) {
  const std::int64_t rank = std::min({count + kExtraDirections, matrix.size(0), matrix.size(1)});
  const at::Generator generator = at::detail::createCPUGenerator(seed);
  at::Tensor space = at::randn({matrix.size(1), rank}, generator, matrix.options());
  at::Tensor basis = std::get<0>(at::linalg_qr(at::mm(matrix, space)));
  for (int i = 0; i < kPowerSteps; ++i) {
    space = std::get<0>(at::linalg_qr(at::mm(matrix.t(), basis)));
    basis = std::get<0>(at::linalg_qr(at::mm(matrix, space)));
  }
  const auto [left, values, right] = at::linalg_svd(at::mm(basis.t(), matrix), /*full_matrices=*/false);
  return {at::mm(basis, left), values, right.t()};
}

/// Each pair of singular vectors gives its positive or its negative part, whichever holds more.
Factors start(const at::Tensor& matrix, std::int64_t count, std::uint64_t seed) {
  const Singular svd = largestSingular(matrix, count, seed);
  Factors factors{at::zeros({matrix.size(0), count}, matrix.options()),
                  at::zeros({count, matrix.size(1)}, matrix.options())};
  const std::int64_t known = std::min(count, svd.values.size(0));
  for (std::int64_t k = 0; k < known; ++k) {
    const at::Tensor left = svd.left.select(1, k), right = svd.right.select(1, k);
    at::Tensor u = left.clamp_min(0), v = right.clamp_min(0);
    const at::Tensor otherU = (-left).clamp_min(0), otherV = (-right).clamp_min(0);
    double size = (u.norm() * v.norm()).item<double>();
    const double other = (otherU.norm() * otherV.norm()).item<double>();
    if (other > size) {
      u = otherU;
      v = otherV;
      size = other;
    }
    if (!(size > 0.0)) continue;
    const double scale = std::sqrt(svd.values[k].item<double>() * size);
    factors.weights.select(1, k).copy_(u / u.norm() * scale);
    factors.parts[k].copy_(v / v.norm() * scale);
  }
  // Small random numbers in place of zeros, so that no factor is stuck where it began.
  const at::Generator generator = at::detail::createCPUGenerator(seed + 1);
  const double mean = matrix.mean().item<double>();
  const double noise = 0.01 * std::sqrt(std::max(mean, 0.0) / static_cast<double>(count));
  for (at::Tensor* t : {&factors.weights, &factors.parts})
    *t = at::where(*t <= 0.0, at::rand(t->sizes(), generator, t->options()) * noise, *t);
  return factors;
}

/// One round over the columns of `x` [n,k], with `cross` = matrix * other [n,k] and `gram` = other' * other [k,k].
void improve(at::Tensor& x, const at::Tensor& cross, const at::Tensor& gram) {
  for (std::int64_t k = 0; k < x.size(1); ++k) {
    const double own = gram[k][k].item<double>();
    if (!(own > kTiny)) continue;
    at::Tensor column = x.select(1, k);
    column.add_((cross.select(1, k) - at::mv(x, gram.select(1, k))) / own).clamp_min_(0.0);
  }
}

}  // namespace

Factors nonNegativeFactors(const at::Tensor& matrix, std::int64_t count, std::int64_t steps, double tolerance,
                           std::uint64_t seed, const Progress& progress, const CancelToken& cancel) {
  const at::NoGradGuard noGradients;
  const double squares = matrix.pow(2).sum().item<double>();
  if (!(squares > 0.0))
    return {at::zeros({matrix.size(0), count}, matrix.options()), at::zeros({count, matrix.size(1)}, matrix.options()),
            1.0, 0};
  Factors factors = start(matrix, count, seed);
  at::Tensor parts = factors.parts.t().contiguous();  // [C,k]
  double error = squares;
  for (std::int64_t step = 0; step < steps; ++step) {
    cancel.check();
    progress.report(static_cast<double>(step) / static_cast<double>(steps), "Grouping units");
    improve(factors.weights, at::mm(matrix, parts), at::mm(parts.t(), parts));
    const at::Tensor cross = at::mm(matrix.t(), factors.weights);
    const at::Tensor gram = at::mm(factors.weights.t(), factors.weights);
    improve(parts, cross, gram);
    // |A - W H|^2, from what is there already.
    const double now =
        squares - 2.0 * (cross * parts).sum().item<double>() + (gram * at::mm(parts.t(), parts)).sum().item<double>();
    factors.steps = step + 1;
    const bool settled = error - now < tolerance * std::max(now, kTiny * squares);
    error = now;
    if (settled && step > 0) break;
  }
  factors.explained = 1.0 - std::max(error, 0.0) / squares;
  const at::Tensor lengths = at::linalg_vector_norm(parts, 2, at::IntArrayRef{0});
  factors.weights = factors.weights * lengths;
  factors.parts = (parts / lengths.clamp_min(kTiny)).t().contiguous();
  const at::Tensor order = (factors.weights.sum(0) * factors.parts.sum(1)).argsort(0, /*descending=*/true);
  factors.weights = factors.weights.index_select(1, order).contiguous();
  factors.parts = factors.parts.index_select(0, order).contiguous();
  return factors;
}

}  // namespace unitscope
