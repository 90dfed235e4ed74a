#pragma once

#include <functional>
#include <optional>

#include <ATen/ATen.h>

#include "attribution/score.h"
#include "attribution/superpixels/segments.h"

namespace unitscope {

/// A picture whose segments can be taken away one by one: each is shown as it is or as in the baseline.
class SegmentedPicture {
 public:
  using Score = std::function<at::Tensor(const at::Tensor& batch)>;
  /// Given the scores of the first rows [k], now and then before all are there.
  using SoFar = std::function<void(const at::Tensor& scores)>;

  /// `baseline` is [1,C,H,W]. `score` must outlive this.
  SegmentedPicture(const ScoreFunction& score, Segments segments, at::Tensor baseline);

  std::int64_t count() const noexcept { return segments_.count; }
  const Segments& segments() const noexcept { return segments_; }

  /// What `scoreOf` says of the picture with the segments of each row of `present` [n,count] bool: [n] double, CPU.
  at::Tensor scores(const at::Tensor& present, const Score& scoreOf, const Progress& progress,
                    const CancelToken& cancel, const SoFar& soFar = {}) const;
  /// [1,1,H,W]: the value of each pixel's segment.
  at::Tensor mapOf(const at::Tensor& values) const;
  /// The picture with nothing but the `most` segments of the highest positive values; none where no value is positive.
  std::optional<AttributionPicture> best(const at::Tensor& values, std::int64_t most) const;

 private:
  at::Tensor shown(const at::Tensor& present) const;

  const ScoreFunction& score_;
  Segments segments_;
  at::Tensor baseline_;
  at::Tensor places_;  ///< [H*W] on the picture's device
};

}  // namespace unitscope
