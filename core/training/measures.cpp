#include "training/measures.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "runtime/error.h"

namespace unitscope {
namespace {

struct Gaussian {
  at::Tensor mean, covariance;
};

Gaussian fit(const at::Tensor& features) {
  if (features.dim() != 2 || features.size(0) < 2)
    throw Error("Fréchet distance", "needs at least two rows of features");
  const at::Tensor x = features.to(at::kCPU, at::kDouble);
  Gaussian g;
  g.mean = x.mean(0);
  const at::Tensor centred = x - g.mean;
  g.covariance = at::matmul(centred.t(), centred) / static_cast<double>(x.size(0) - 1);
  return g;
}

at::Tensor rootOf(const at::Tensor& symmetric) {
  const auto [values, vectors] = at::linalg_eigh(symmetric);
  return at::matmul(vectors * values.clamp_min(0).sqrt(), vectors.t());
}

}  // namespace

double topOneAccuracy(const at::Tensor& scores, const at::Tensor& labels) {
  return scores.argmax(1).eq(labels.to(scores.device())).to(at::kDouble).mean().item<double>();
}

double averagePrecision(const at::Tensor& scores, const at::Tensor& truth) {
  const at::Tensor order = scores.argsort(0, /*descending=*/true);
  const at::Tensor hits = truth.to(at::kDouble).index_select(0, order);
  const double positives = hits.sum().item<double>();
  if (positives == 0.0) return std::numeric_limits<double>::quiet_NaN();
  const at::Tensor precision = hits.cumsum(0) / at::arange(1, hits.size(0) + 1, hits.options());
  return (precision * hits).sum().item<double>() / positives;
}

double meanAveragePrecision(const at::Tensor& scores, const at::Tensor& truth) {
  std::vector<double> each;
  for (std::int64_t k = 0; k < scores.size(1); ++k)
    each.push_back(averagePrecision(scores.select(1, k), truth.select(1, k)));
  return meanOfKnown(at::tensor(each, at::kDouble));
}

at::Tensor confusionMatrix(const at::Tensor& truth, const at::Tensor& predicted, std::int64_t classes) {
  const at::Tensor pairs = truth.reshape({-1}).to(at::kLong) * classes + predicted.reshape({-1}).to(at::kLong);
  return at::bincount(pairs, {}, classes * classes).reshape({classes, classes});
}

at::Tensor intersectionOverUnion(const at::Tensor& confusion) {
  const at::Tensor c = confusion.to(at::kDouble);
  const at::Tensor hit = c.diagonal();
  return hit / (c.sum(0) + c.sum(1) - hit);
}

double meanOfKnown(const at::Tensor& values) {
  const at::Tensor known = at::isfinite(values);
  return at::where(known, values, at::zeros_like(values)).sum().item<double>() / known.sum().item<double>();
}

double frechetDistance(const at::Tensor& a, const at::Tensor& b) {
  const Gaussian p = fit(a), q = fit(b);
  const at::Tensor root = rootOf(p.covariance);
  // tr((S1 S2)^1/2) = tr((S1^1/2 S2 S1^1/2)^1/2), and the latter is symmetric.
  const at::Tensor values = at::linalg_eigvalsh(at::matmul(at::matmul(root, q.covariance), root));
  const double cross = values.clamp_min(0).sqrt().sum().item<double>();
  return (p.mean - q.mean).square().sum().item<double>() + p.covariance.trace().item<double>() +
         q.covariance.trace().item<double>() - 2.0 * cross;
}

double meanSignalToNoise(const at::Tensor& a, const at::Tensor& b) {
  const at::Tensor error = (a.to(at::kFloat) - b.to(at::kFloat)).square().mean({1, 2, 3});
  return (255.0 * 255.0 / error.clamp_min(1e-3)).log10().mul(10).mean().item<double>();
}

double manifoldCoverage(const at::Tensor& support, const at::Tensor& probes, int neighbours) {
  const at::Tensor s = support.to(at::kCPU, at::kFloat), p = probes.to(at::kCPU, at::kFloat);
  if (s.size(0) <= neighbours) throw Error("manifold coverage", "needs more rows than neighbours");
  constexpr std::int64_t kRows = 512;
  std::vector<at::Tensor> radii;
  for (std::int64_t i = 0; i < s.size(0); i += kRows) {
    const at::Tensor distances = at::cdist(s.slice(0, i, std::min(i + kRows, s.size(0))), s);
    // The nearest one is the point itself.
    radii.push_back(std::get<0>(distances.kthvalue(neighbours + 1, 1)));
  }
  const at::Tensor radius = at::cat(radii);
  std::int64_t inside = 0;
  for (std::int64_t i = 0; i < p.size(0); i += kRows) {
    const at::Tensor distances = at::cdist(p.slice(0, i, std::min(i + kRows, p.size(0))), s);
    inside += distances.le(radius.unsqueeze(0)).any(1).sum().item<std::int64_t>();
  }
  return static_cast<double>(inside) / static_cast<double>(p.size(0));
}

}  // namespace unitscope
