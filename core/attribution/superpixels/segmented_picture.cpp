#include "attribution/superpixels/segmented_picture.h"

#include <algorithm>
#include <utility>

namespace unitscope {
namespace {

constexpr std::int64_t kBatch = 32;
// A preview costs a fit, so there are only some.
constexpr std::int64_t kPreviews = 8;

}  // namespace

SegmentedPicture::SegmentedPicture(const ScoreFunction& score, Segments segments, at::Tensor baseline)
    : score_(score),
      segments_(std::move(segments)),
      baseline_(std::move(baseline)),
      places_(segments_.numbers.flatten().to(score.image().device())) {}

at::Tensor SegmentedPicture::shown(const at::Tensor& present) const {
  const at::Tensor& image = score_.image();
  const at::Tensor visible = present.to(image.device()).index_select(1, places_);
  return at::where(visible.reshape({present.size(0), 1, image.size(2), image.size(3)}), image, baseline_);
}

at::Tensor SegmentedPicture::scores(const at::Tensor& present, const Score& scoreOf, const Progress& progress,
                                    const CancelToken& cancel, const SoFar& soFar) const {
  const at::NoGradGuard noGradients;
  const std::int64_t total = present.size(0);
  at::Tensor scores = at::zeros({total}, at::kDouble);
  std::int64_t nextPreview = total / kPreviews + 1;
  inBatches(total, score_.batchSize(std::min(total, kBatch), false), progress, cancel, "Hiding segments",
            [&](std::int64_t first, std::int64_t count) {
              const at::Tensor values = scoreOf(shown(present.narrow(0, first, count)));
              scores.narrow(0, first, count).copy_(values);
              const std::int64_t done = first + count;
              if (!soFar || done < nextPreview || done == total) return;
              nextPreview = done + total / kPreviews + 1;
              soFar(scores.narrow(0, 0, done));
            });
  return scores;
}

at::Tensor SegmentedPicture::mapOf(const at::Tensor& values) const {
  const at::Tensor& numbers = segments_.numbers;
  return values.to(at::kFloat).index_select(0, numbers.flatten()).reshape({1, 1, numbers.size(0), numbers.size(1)});
}

std::optional<AttributionPicture> SegmentedPicture::best(const at::Tensor& values, std::int64_t most) const {
  const at::NoGradGuard noGradients;
  const auto [highest, which] = values.topk(std::min(most, count()));
  const at::Tensor chosen = which.masked_select(highest.gt(0.0));
  at::Tensor present = at::zeros({1, count()}, at::kBool);
  present[0].index_fill_(0, chosen, true);
  const std::int64_t n = chosen.size(0);
  if (n == 0) return std::nullopt;
  return AttributionPicture{
      n == 1 ? "the segment that speaks most for it" : "the " + std::to_string(n) + " segments that speak most for it",
      shown(present).to(at::kCPU, at::kFloat).contiguous()};
}

}  // namespace unitscope
