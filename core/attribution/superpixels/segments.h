#pragma once

#include <string>

#include <ATen/ATen.h>

#include "attribution/score.h"

namespace unitscope {

/// A picture's pieces as the methods over superpixels use them.
struct Segments {
  at::Tensor numbers;  ///< [H,W] int64 CPU, every number from 0 to count-1 in use
  std::int64_t count = 0;
  std::string note;  ///< where they come from: "97 segments by SLIC"
};

/// Most segments that a linear model over them is solved for.
inline constexpr std::int64_t kMostSegments = 2048;

/// The parameters "segments" and "compactness".
std::vector<ParameterSpec> segmentParameters();

/// The query's segments, renumbered without gaps, or some that SLIC finds in the picture. Throws Error where the
/// query's do not have the picture's size, hold negative numbers, or are too many.
Segments segmentsFor(const ScoreFunction& score, const ParameterValues& parameters);

}  // namespace unitscope
