#include "attribution/occluded_scores.h"

#include <algorithm>
#include <numeric>

namespace unitscope {
namespace {

constexpr std::int64_t kPlainBatch = 32;
constexpr std::int64_t kWindowedBatch = 64;

bool suitsWindows(const ScoreFunction& score) {
  const AttributionQuery& query = score.query();
  // In half precision the maps would be kept in another one than plain runs use.
  return !query.channelsLast && score.image().dim() == 4 && query.executor.options().precision == Precision::Float32 &&
         query.output != query.inputValue;
}

}  // namespace

OccludedScores::OccludedScores(const ScoreFunction& score, bool incremental) : score_(score) {
  if (!incremental || !suitsWindows(score)) return;
  windowed_ =
      std::make_unique<WindowedRun>(score.query().executor, score.query().inputValue, [&score](std::int64_t count) {
        return score.request(score.image().expand({count, -1, -1, -1}));
      });
  if (!windowed_->local()) windowed_ = nullptr;
}

std::int64_t OccludedScores::batchSize(std::int64_t total) const {
  return score_.batchSize(std::min(total, windowed_ ? kWindowedBatch : kPlainBatch), false);
}

std::vector<std::size_t> OccludedScores::order(const std::vector<PictureWindow>& windows) const {
  if (windowed_) return windowed_->order(windows);
  std::vector<std::size_t> asGiven(windows.size());
  std::iota(asGiven.begin(), asGiven.end(), std::size_t{0});
  return asGiven;
}

at::Tensor OccludedScores::whole() const {
  // Fed as the output itself, a value is only turned into rows.
  return windowed_ ? score_.rows(windowed_->baseOutput(), score_.query().output) : score_.rows(score_.image());
}

at::Tensor OccludedScores::rows(const std::vector<PictureWindow>& windows, const at::Tensor& replacement) const {
  if (windowed_) return score_.rows(windowed_->evaluate(windows, replacement), score_.query().output);
  checkWindows(windows, score_.image(), replacement);
  const at::NoGradGuard noGradients;
  const at::Tensor batch = score_.image().repeat({static_cast<std::int64_t>(windows.size()), 1, 1, 1});
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const PictureWindow& w = windows[i];
    const auto item = static_cast<std::int64_t>(i);
    const auto in = [&](const at::Tensor& maps) { return maps.slice(1, w.top, w.bottom).slice(2, w.left, w.right); };
    in(batch[item]).copy_(in(replacement[replacement.size(0) == 1 ? 0 : item]));
  }
  return score_.rows(batch);
}

}  // namespace unitscope
