#pragma once

#include "engine/model_card.h"
#include "graph/graph.h"

namespace unitscope {

/// A network whose weights were written by hand, not trained, so that a first start has something true to show:
/// luminance, eight oriented edge filters (odd Gabor functions, both polarities), pooling, four line detectors that
/// inhibit one another, and a decision over five classes. Input [N,3,128,128] in 0..1, output `logits` [N,5].
Graph makeEdgeExample();

/// Its card: preprocessing, class names, and a title that says that it was written by hand.
ModelCard edgeExampleCard();

}  // namespace unitscope
