#pragma once

#include <cstdint>
#include <vector>

#include "examples/layer_tally.h"

namespace unitscope {

/// What a tally says of a unit once all pictures were seen. `classPictures`: how many were seen of each class;
/// `pictures`: of all.
UnitStatistics statisticsOf(const LayerTally& tally, std::int64_t unit, const std::vector<std::uint64_t>& classPictures,
                            std::int64_t pictures);

/// Bins of equal width (to within the bins that were counted in) over the unit's range, counts exact.
UnitHistogram histogramOf(const std::vector<BinCount>& counts, double minimum, double maximum, int bars);

}  // namespace unitscope
