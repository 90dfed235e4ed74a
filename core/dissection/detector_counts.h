#pragma once

#include <vector>

#include "dissection/dissect.h"

namespace unitscope {

/// Counts a layer's detectors by concept and category, from what its units are labelled with.
void countDetectors(LayerDissection& layer, const std::vector<DissectedConcept>& concepts);

}  // namespace unitscope
