#include "dissection/mask_scores.h"

#include <algorithm>
#include <cmath>

#include <ATen/Parallel.h>

#include "dissection/overlap.h"

namespace unitscope {
namespace {

constexpr std::int64_t kBins = 1024;
constexpr float kReach = 16.0F;  ///< sums beyond are as good as certain
constexpr float kBinsPerUnit = kBins / (2.0F * kReach);

std::int64_t binOf(float sum) {
  return static_cast<std::int64_t>(std::clamp((sum + kReach) * kBinsPerUnit, 0.0F, static_cast<float>(kBins - 1)));
}

}  // namespace

MaskScores::MaskScores(std::int64_t vectors, std::vector<std::size_t> concepts)
    : vectors_(vectors), concepts_(std::move(concepts)) {
  for (Counts& split : splits_) {
    split.all.assign(static_cast<std::size_t>(vectors * kBins), 0);
    split.with.assign(static_cast<std::size_t>(vectors * kBins), 0);
  }
}

void MaskScores::add(const at::Tensor& sums, const ConceptPicture& picture, bool validation) {
  const auto pixels = static_cast<std::size_t>(sums.size(1) * sums.size(2));
  const auto kinds = static_cast<std::int64_t>(concepts_.size());
  std::vector<std::uint8_t> truth(pixels * concepts_.size(), 0);
  for (std::size_t k = 0; k < concepts_.size(); ++k)
    for (const auto& plane : picture.planes)
      for (std::size_t i = 0; i < pixels; ++i) truth[k * pixels + i] |= plane[i] == concepts_[k];
  const at::Tensor rows = sums.contiguous();
  const auto* values = rows.data_ptr<float>();
  Counts& counts = splits_[validation ? 1 : 0];
  at::parallel_for(0, vectors_, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r) {
      const float* row = values + static_cast<std::size_t>(r) * pixels;
      const std::uint8_t* shown = truth.data() + static_cast<std::size_t>(r % kinds) * pixels;
      std::int64_t* all = counts.all.data() + r * kBins;
      std::int64_t* with = counts.with.data() + r * kBins;
      for (std::size_t i = 0; i < pixels; ++i) {
        const std::int64_t bin = binOf(row[i]);
        ++all[bin];
        with[bin] += shown[i];
      }
    }
  });
}

double MaskScores::iouFrom(const Counts& counts, std::int64_t vector, std::int64_t bin) const {
  const auto sum = [&](const std::vector<std::int64_t>& of, std::int64_t from) {
    std::int64_t total = 0;
    for (std::int64_t b = from; b < kBins; ++b) total += of[static_cast<std::size_t>(vector * kBins + b)];
    return total;
  };
  return iouOf(sum(counts.with, bin), sum(counts.all, bin), sum(counts.with, 0));
}

MaskScores::Best MaskScores::best(std::int64_t vector) const {
  const Counts& train = splits_[0];
  const auto at = [&](const std::vector<std::int64_t>& of, std::int64_t b) {
    return of[static_cast<std::size_t>(vector * kBins + b)];
  };
  std::int64_t shown = 0;
  for (std::int64_t b = 0; b < kBins; ++b) shown += at(train.with, b);
  std::int64_t with = 0, all = 0, bestBin = kBins - 1;
  Best best;
  for (std::int64_t b = kBins - 1; b >= 0; --b) {
    with += at(train.with, b);
    all += at(train.all, b);
    const double iou = iouOf(with, all, shown);
    if (iou <= best.train) continue;
    best.train = iou;
    bestBin = b;
  }
  best.cut = 1.0 / (1.0 + std::exp(kReach - static_cast<double>(bestBin) / kBinsPerUnit));
  best.validation = iouFrom(splits_[1], vector, bestBin);
  return best;
}

}  // namespace unitscope
