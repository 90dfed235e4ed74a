#pragma once

#include <cstdint>
#include <vector>

#include "judging/failures.h"

namespace unitscope {

/// What a heatmap shows of its picture: fills in heat, inside and maskShare. `map` is the method's answer, `mask` [H,W]
/// or empty.
void describeHeat(HeatCase& heat, const Array& map, const Array& mask, std::int64_t height, std::int64_t width,
                  std::int64_t side);

/// Fills in what the heatmaps of one class say together, numbers their clusters and puts similar ones beside one
/// another. `averageMask` [side,side] is the mean mask of the pictures with one, or empty.
void summariseHeat(ClassFindings& findings, std::vector<HeatCase>& cases, const Array& averageMask,
                   std::int64_t clusters, std::uint64_t seed);

/// A mask averaged over side x side cells.
Array cellsOf(const Array& mask, std::int64_t side);

}  // namespace unitscope
