#include "judging/heat_clusters.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <random>

namespace unitscope {
namespace {

constexpr int kStarts = 8, kIterations = 60;
constexpr std::int64_t kNeighbours = 10;

/// Centres far from one another: each next one drawn by the squared distance to those there are.
at::Tensor startingCentres(const at::Tensor& points, std::int64_t clusters, std::mt19937_64& random) {
  const auto draw = [&](double below) { return static_cast<double>(random() >> 11) * 0x1.0p-53 * below; };
  const std::int64_t n = points.size(0);
  std::vector<std::int64_t> chosen{static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(n))};
  at::Tensor nearest = (points - points[chosen[0]]).square().sum(1);
  while (static_cast<std::int64_t>(chosen.size()) < clusters) {
    const at::Tensor upTo = nearest.cumsum(0).contiguous();
    const auto* first = upTo.data_ptr<double>();
    const double at = draw(first[n - 1]);
    const std::int64_t next = std::min<std::int64_t>(std::upper_bound(first, first + n, at) - first, n - 1);
    chosen.push_back(next);
    nearest = at::minimum(nearest, (points - points[next]).square().sum(1));
  }
  return points.index_select(0, at::tensor(chosen, at::kLong)).clone();
}

std::vector<std::int64_t> asVector(const at::Tensor& t) {
  const at::Tensor plain = t.to(at::kLong).contiguous();
  return {plain.data_ptr<std::int64_t>(), plain.data_ptr<std::int64_t>() + plain.numel()};
}

}  // namespace

std::vector<std::int64_t> kMeansClusters(const at::Tensor& points, std::int64_t clusters, std::uint64_t seed) {
  const at::Tensor x = points.to(at::kCPU, at::kDouble).contiguous();
  const std::int64_t n = x.size(0);
  if (n == 0) return {};
  clusters = std::clamp<std::int64_t>(clusters, 1, n);
  std::mt19937_64 random(seed);
  at::Tensor best;
  double least = 0.0;
  for (int start = 0; start < kStarts; ++start) {
    at::Tensor centres = startingCentres(x, clusters, random), labels;
    for (int i = 0; i < kIterations; ++i) {
      const at::Tensor now = at::cdist(x, centres).argmin(1);
      if (labels.defined() && at::equal(labels, now)) break;
      labels = now;
      for (std::int64_t k = 0; k < clusters; ++k) {
        const at::Tensor mine = labels.eq(k);
        if (mine.any().item<bool>()) centres[k].copy_(x.index_select(0, mine.nonzero().flatten()).mean(0));
      }
    }
    const double cost = (x - centres.index_select(0, labels)).square().sum().item<double>();
    if (best.defined() && cost >= least) continue;
    best = labels;
    least = cost;
  }
  return asVector(best);
}

SpectralClusters spectralClusters(const at::Tensor& points, std::int64_t clusters, std::int64_t most,
                                  std::uint64_t seed) {
  SpectralClusters found;
  const at::Tensor x = points.to(at::kCPU, at::kDouble).contiguous();
  const std::int64_t n = x.size(0);
  if (n < 3) {
    found.cluster.assign(static_cast<std::size_t>(n), 0);
    found.count = n > 0 ? 1 : 0;
    found.order.resize(static_cast<std::size_t>(n));
    std::iota(found.order.begin(), found.order.end(), std::int64_t{0});
    return found;
  }
  at::Tensor distances = at::cdist(x, x);
  distances.fill_diagonal_(std::numeric_limits<double>::infinity());
  const std::int64_t neighbours = std::min(kNeighbours, n - 1);
  const at::Tensor nearest = std::get<1>(distances.topk(neighbours, 1, /*largest=*/false));
  at::Tensor graph = at::zeros({n, n}, at::kDouble);
  graph.scatter_(1, nearest, 1.0);
  graph = at::maximum(graph, graph.t());
  const at::Tensor root = graph.sum(1).clamp_min(1e-12).rsqrt();
  const at::Tensor laplacian = at::eye(n, at::kDouble) - root.unsqueeze(1) * graph * root.unsqueeze(0);
  const auto [values, vectors] = at::linalg_eigh(laplacian);
  const std::int64_t looked = std::min<std::int64_t>(n, std::max(most, clusters) + 1);
  for (std::int64_t i = 0; i < looked; ++i) found.eigenvalues.push_back(values[i].item<double>());
  if (clusters <= 0) {
    clusters = 1;
    double widest = -1.0;
    for (std::int64_t k = 1; k < looked; ++k) {
      const auto at = static_cast<std::size_t>(k);
      const double gap = found.eigenvalues[at] - found.eigenvalues[at - 1];
      if (gap > widest) {
        widest = gap;
        clusters = k;
      }
    }
  }
  clusters = std::min(clusters, n);
  at::Tensor rows = vectors.slice(1, 0, clusters);
  rows = rows / rows.norm(2, at::IntArrayRef{1}, /*keepdim=*/true).clamp_min(1e-12);
  found.cluster = kMeansClusters(rows, clusters, seed);
  found.count = clusters;
  const at::Tensor second = vectors.select(1, 1).contiguous();
  const auto* along = second.data_ptr<double>();
  found.order.resize(static_cast<std::size_t>(n));
  std::iota(found.order.begin(), found.order.end(), std::int64_t{0});
  std::ranges::stable_sort(found.order, [&](std::int64_t a, std::int64_t b) {
    const auto ca = found.cluster[static_cast<std::size_t>(a)], cb = found.cluster[static_cast<std::size_t>(b)];
    return ca != cb ? ca < cb : along[a] < along[b];
  });
  return found;
}

}  // namespace unitscope
