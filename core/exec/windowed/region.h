#pragma once

#include <cstdint>
#include <vector>

#include <ATen/ATen.h>

namespace unitscope {

/// Where the windows of a batch lie along one axis: they start where they like, but are equally long.
struct Span {
  std::vector<std::int64_t> start;
  std::int64_t size = 0;
  bool operator==(const Span&) const = default;
};

/// A window for each item of a batch, all of one size.
struct BatchRegion {
  Span y, x;
  bool operator==(const BatchRegion&) const = default;
};

/// What a sliding operator does along one axis: output place o reads o * stride - begin + t * dilation, t < kernel.
struct Reach {
  std::int64_t kernel = 1, stride = 1, dilation = 1, begin = 0;
  std::int64_t extent() const { return (kernel - 1) * dilation + 1; }
};

/// One range of places, the last included.
struct Range {
  std::int64_t first = 0, last = 0;
};

/// The shortest span in which every item's range fits, each moved inwards where it would leave [0, length). What is
/// covered beyond a range is recomputed without need, which changes nothing.
Span fitted(const std::vector<Range>& ranges, std::int64_t length);
/// The output places that read anything of `changed`, on an output axis of this length.
Span outputsOf(const Span& changed, const Reach& reach, std::int64_t length);
/// The input places that `outputs` read; they may lie outside the map, in the padding.
Span inputsOf(const Span& outputs, const Reach& reach);
/// Covers both, on an axis of this length.
Span united(const Span& a, const Span& b, std::int64_t length);
/// A whole axis for each of `count` items.
Span wholeSpan(std::int64_t count, std::int64_t length);

/// The part of a map that changed: `values` [B,C,h,w] at `region`.
struct Patch {
  BatchRegion region;
  at::Tensor values;
};

/// [B,C,h,w]: what lies at `region` of the map `base` [1,C,H,W] once `patch` (may be null) is put on it; `fill` where
/// the region leaves the map. Channels-last on the CPU.
at::Tensor gather(const at::Tensor& base, const Patch* patch, const BatchRegion& region, double fill = 0.0);

/// The layout in which windows are kept on this device.
at::MemoryFormat layoutOfWindows(const at::Device& device);

}  // namespace unitscope
