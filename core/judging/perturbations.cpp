#include "judging/perturbations.h"

#include <cmath>
#include <limits>

#include "judging/score_curve.h"

namespace unitscope {

Removals removePixels(const Judged& judged, std::int64_t total,
                      const std::function<at::Tensor(std::int64_t, std::int64_t)>& sets, const std::string& what,
                      const Progress& progress, const CancelToken& cancel) {
  const at::Tensor& image = judged.score.image();
  Removals removals;
  removals.promised.resize(static_cast<std::size_t>(total));
  double whole = 0.0;
  {
    const at::NoGradGuard noGradients;
    whole = judged.score.values(image).item<double>();
  }
  const std::vector<double> scores = scoresOf(
      judged.score, total,
      [&](std::int64_t first, std::int64_t count) {
        const at::Tensor set = sets(first, count);
        const at::Tensor sums = at::mv(set.reshape({count, -1}).to(at::kDouble), judged.plane.flatten()).contiguous();
        std::copy_n(sums.data_ptr<double>(), count, removals.promised.begin() + static_cast<std::ptrdiff_t>(first));
        return image * set.logical_not().unsqueeze(1).to(image.options());
      },
      what, progress, cancel);
  for (const double score : scores) removals.drops.push_back(whole - score);
  return removals;
}

double correlationOf(const std::vector<double>& a, const std::vector<double>& b) {
  const auto n = static_cast<double>(a.size());
  double meanA = 0.0, meanB = 0.0, aa = 0.0, bb = 0.0, ab = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    meanA += a[i] / n;
    meanB += b[i] / n;
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    aa += (a[i] - meanA) * (a[i] - meanA);
    bb += (b[i] - meanB) * (b[i] - meanB);
    ab += (a[i] - meanA) * (b[i] - meanB);
  }
  return aa > 0.0 && bb > 0.0 ? ab / std::sqrt(aa * bb) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace unitscope
