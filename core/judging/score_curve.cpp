#include "judging/score_curve.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace unitscope {
namespace {

constexpr std::int64_t kBatch = 32;

std::vector<double> numbersOf(const ScoreFunction& score, std::int64_t total, const PictureSeries& pictures,
                              bool probability, const std::string& what, const Progress& progress,
                              const CancelToken& cancel) {
  const at::NoGradGuard noGradients;
  std::vector<double> numbers(static_cast<std::size_t>(total), 0.0);
  inBatches(total, score.batchSize(std::min(total, kBatch), false), progress, cancel, what,
            [&](std::int64_t first, std::int64_t count) {
              const at::Tensor rows = score.rows(pictures(first, count));
              const at::Tensor values =
                  (probability ? score.probability(rows) : score.target(rows)).to(at::kCPU, at::kDouble).contiguous();
              std::copy_n(values.data_ptr<double>(), count, numbers.begin() + static_cast<std::ptrdiff_t>(first));
            });
  return numbers;
}

}  // namespace

std::vector<double> probabilities(const ScoreFunction& score, std::int64_t total, const PictureSeries& pictures,
                                  const std::string& what, const Progress& progress, const CancelToken& cancel) {
  return numbersOf(score, total, pictures, true, what, progress, cancel);
}

std::vector<double> scoresOf(const ScoreFunction& score, std::int64_t total, const PictureSeries& pictures,
                             const std::string& what, const Progress& progress, const CancelToken& cancel) {
  return numbersOf(score, total, pictures, false, what, progress, cancel);
}

double areaUnder(const std::vector<double>& curve) {
  if (curve.size() < 2) return std::numeric_limits<double>::quiet_NaN();
  const double sum = std::accumulate(curve.begin(), curve.end(), 0.0);
  return (sum - 0.5 * (curve.front() + curve.back())) / static_cast<double>(curve.size() - 1);
}

}  // namespace unitscope
