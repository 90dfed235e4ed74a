#pragma once

#include <memory>
#include <vector>

#include <ATen/ATen.h>

#include "attribution/score.h"
#include "exec/windowed/windowed_run.h"

namespace unitscope {

/// All scores of one picture of which a window is replaced: by WindowedRun where the network allows it, else by plain
/// runs over whole pictures.
class OccludedScores {
 public:
  /// Prepares for the picture of `score`, which must outlive this. Where `incremental` is false every run is a plain
  /// one.
  explicit OccludedScores(const ScoreFunction& score, bool incremental = true);

  /// Whether only what a window changes is recomputed.
  bool incremental() const noexcept { return windowed_ != nullptr; }
  /// Bytes of feature maps that are kept.
  std::size_t bytes() const noexcept { return windowed_ ? windowed_->bytes() : 0; }
  /// Windows that are best computed at once, `total` at most.
  std::int64_t batchSize(std::int64_t total) const;
  /// See WindowedRun::order().
  std::vector<std::size_t> order(const std::vector<PictureWindow>& windows) const;
  /// Scores of the picture itself, [1,K].
  at::Tensor whole() const;
  /// Scores [B,K] with each window showing what `replacement` ([1,C,H,W] or [B,C,H,W]) shows there. Throws Error as
  /// WindowedRun::evaluate() does.
  at::Tensor rows(const std::vector<PictureWindow>& windows, const at::Tensor& replacement) const;

 private:
  const ScoreFunction& score_;
  std::unique_ptr<WindowedRun> windowed_;
};

}  // namespace unitscope
