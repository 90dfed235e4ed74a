#pragma once

#include <vector>

#include "dissection/layer_maps.h"

namespace unitscope {

/// From where on the units of a layer count as firing.
struct UnitThresholds {
  std::vector<float> thresholds;  ///< a unit fires where its activation is larger
  std::vector<bool> dead;         ///< all its activations are the same
  double shareError = 0.0;        ///< see LayerDissection
};

/// Thresholds over which at most `topShare` of each unit's activations lie, over all places of all pictures: exact (the
/// largest activations of each unit are kept), unless these would take more than 512 MiB; then of every n-th place.
/// Where more than that share is at the maximum itself (a ReLU6, a mask), a unit fires at its maximum. One pass.
std::vector<UnitThresholds> findThresholds(LayerMaps& layers, ConceptPictures& pictures, double topShare,
                                           const Progress& progress);

}  // namespace unitscope
