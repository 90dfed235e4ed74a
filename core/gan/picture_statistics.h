#pragma once

#include <ATen/ATen.h>

#include "gan/attributes.h"

namespace unitscope {

/// The rows of a band, as [N,...,rows,W] of a tensor [N,...,H,W]; a picture of fewer than three rows has bands that
/// overlap.
at::Tensor bandOf(const at::Tensor& pictures, PictureAttribute::Band band);

/// A statistic of pictures [N,C,H,W], C 1 or 3, with black at 0 and white at 1: [N]. Kinds that need no network:
/// ColorArea (`attribute.name` is a basic colour), Brightness, Contrast, Saturation, Warmth.
at::Tensor statisticOf(const at::Tensor& pictures, const PictureAttribute& attribute);

}  // namespace unitscope
