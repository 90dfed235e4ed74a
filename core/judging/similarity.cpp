#include "judging/similarity.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace unitscope {
namespace {

/// Ranks from 0; equal values share the mean of theirs.
at::Tensor ranksOf(const at::Tensor& tensor) {
  const at::Tensor flat = tensor.to(at::kCPU, at::kDouble).flatten().contiguous();
  const auto* values = flat.data_ptr<double>();
  const auto n = static_cast<std::size_t>(flat.numel());
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  at::Tensor ranks = at::empty_like(flat);
  auto* rank = ranks.data_ptr<double>();
  for (std::size_t i = 0; i < n;) {
    std::size_t end = i + 1;
    while (end < n && values[order[end]] == values[order[i]]) ++end;
    for (std::size_t k = i; k < end; ++k) rank[order[k]] = 0.5 * static_cast<double>(i + end - 1);
    i = end;
  }
  return ranks;
}

}  // namespace

double structuralSimilarity(const at::Tensor& a, const at::Tensor& b) {
  const auto scaled = [](const at::Tensor& t) {
    const at::Tensor x = t.to(at::kCPU, at::kDouble);
    const double largest = x.max().item<double>();
    return (largest > 0.0 ? x / largest : x).reshape({1, 1, x.size(-2), x.size(-1)});
  };
  const at::Tensor x = scaled(a), y = scaled(b);
  std::int64_t side = std::min<std::int64_t>({11, x.size(2), x.size(3)});
  if (side % 2 == 0) --side;
  const at::Tensor offsets = at::arange(side, at::kDouble) - static_cast<double>(side / 2);
  at::Tensor line = at::exp(offsets.square() / (-2.0 * 1.5 * 1.5));
  line = line / line.sum();
  const at::Tensor window = at::outer(line, line).reshape({1, 1, side, side});
  const auto mean = [&](const at::Tensor& t) { return at::conv2d(t, window); };
  const at::Tensor mx = mean(x), my = mean(y);
  const at::Tensor vx = mean(x * x) - mx * mx, vy = mean(y * y) - my * my, cov = mean(x * y) - mx * my;
  const double c1 = 0.01 * 0.01, c2 = 0.03 * 0.03;
  return (((2 * mx * my + c1) * (2 * cov + c2)) / ((mx * mx + my * my + c1) * (vx + vy + c2))).mean().item<double>();
}

double rankCorrelation(const at::Tensor& a, const at::Tensor& b) {
  at::Tensor x = ranksOf(a), y = ranksOf(b);
  x = x - x.mean();
  y = y - y.mean();
  const double length = x.norm().item<double>() * y.norm().item<double>();
  return length > 0.0 ? (x * y).sum().item<double>() / length : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace unitscope
