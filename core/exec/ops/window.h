#pragma once

#include <cstdint>

#include "exec/ops/helpers.h"

namespace unitscope::ops {

/// Sliding window of a convolution or pooling over the axes behind batch and channels, one entry per axis.
struct Window {
  Ints kernel, strides, dilations;
  Ints begin, end;  ///< padding before and behind

  std::int64_t rank() const { return static_cast<std::int64_t>(kernel.size()); }
  /// Places that the window spans on an axis.
  std::int64_t extent(std::size_t axis) const { return (kernel[axis] - 1) * dilations[axis] + 1; }
  bool symmetric() const { return begin == end; }
  bool dilated() const;
  /// Padding in the order of at::constant_pad_nd: last axis first, begin and end in turn.
  Ints padding() const;
};

/// Reads kernel_shape (or takes `kernel`), strides, dilations, pads and auto_pad for an input of these sizes
/// [N, C, ...]. Throws Error for lists of a wrong length, for numbers that are not positive and for windows whose
/// span overflows.
Window readWindow(const OpCall& call, at::IntArrayRef sizes, Ints kernel = {});

/// Number of places of the window along an axis of this length; with `ceil` also windows that stick out at the end,
/// unless they begin in the padding there. Throws Error when the window does not fit at all.
std::int64_t placesOf(const OpCall& call, const Window& window, std::size_t axis, std::int64_t length, bool ceil);

}  // namespace unitscope::ops
