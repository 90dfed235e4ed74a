#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include <ATen/ATen.h>

#include "exec/executor.h"

namespace unitscope {

/// A rectangle of a picture: rows [top, bottom), columns [left, right).
struct PictureWindow {
  std::int64_t top = 0, left = 0, bottom = 0, right = 0;
  std::int64_t height() const { return bottom - top; }
  std::int64_t width() const { return right - left; }
};

/// Throws Error unless every window is a part of `picture` [1,C,H,W], and `replacement` is one picture of its size or
/// one for each window.
void checkWindows(const std::vector<PictureWindow>& windows, const at::Tensor& picture, const at::Tensor& replacement);

/// A network's answers to one picture of which only a window changes. The picture is run once and all its feature maps
/// are kept. For a changed window each map is recomputed only where the window's growing field of influence reaches;
/// the ring around it that a convolution reads comes from the kept maps. Where the field has grown to most of a map,
/// and behind operators that look at all places, whole maps are computed by the Executor. Exact: the answers are those
/// of a plain run up to the order of summation.
///
/// Windows go in batches. All windows of a batch are made equally large at every map, by growing smaller ones and by
/// moving those that would leave the map inwards; a place that is recomputed without need keeps its value.
class WindowedRun {
 public:
  /// What a plain run takes for `count` copies of the base picture: feeds, the one value to fetch, cancellation. Edits,
  /// gradients and overrides are not supported.
  using RequestFor = std::function<RunRequest(std::int64_t count)>;

  /// Runs the base picture, which `requestFor(1)` feeds to `picture` as [1,C,H,W] float32. The executor must outlive
  /// this, and its weights must stay as they are. Throws what Executor::run throws.
  WindowedRun(Executor& executor, ValueId picture, RequestFor requestFor);
  ~WindowedRun();
  WindowedRun(WindowedRun&&) noexcept;
  WindowedRun& operator=(WindowedRun&&) noexcept;

  /// Whether anything behind the picture can be computed on windows. Where not, evaluate() works as a plain run does.
  bool local() const noexcept;
  /// Bytes of the feature maps that are kept.
  std::size_t bytes() const noexcept;
  /// The fetched value of the base picture, [1,...].
  const at::Tensor& baseOutput() const noexcept;
  /// The order in which windows are best put into batches: neighbours fall on the strides alike, so that they need grow
  /// little to be equal.
  std::vector<std::size_t> order(const std::vector<PictureWindow>& windows) const;

  /// The fetched value [B,...] for each window's picture: the base picture, in the window replaced by what
  /// `replacement` ([1,C,H,W]; [B,C,H,W] for one picture a window) shows there. Throws Error for windows that are empty
  /// or leave the picture; Cancelled when the request's token says so.
  at::Tensor evaluate(const std::vector<PictureWindow>& windows, const at::Tensor& replacement);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace unitscope
