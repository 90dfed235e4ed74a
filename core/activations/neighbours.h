#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/array.h"
#include "graph/graph.h"
#include "graph/layers.h"

namespace unitscope {

/// A weight between a unit and one of a neighbouring layer.
struct UnitWeight {
  std::string layer;      ///< the neighbour's, as layers are named; a value's name where no layer puts it out
  std::int64_t unit = 0;  ///< of that layer
  std::string by;         ///< layer of the weights in between ("features.9.squeeze")
  double norm = 0.0;      ///< L2 of the kernel
  double sum = 0.0;       ///< of the kernel, with its sign: excites or inhibits
  Array kernel;  ///< [kh,kw]; [1,1] for fully connected layers. The scale of batch normalisation is multiplied in
};

struct UnitNeighbours {
  std::vector<UnitWeight> incoming, outgoing;  ///< by falling norm
  /// In words: where the walk ended without weights, and what it passed that changes the weights' meaning.
  std::vector<std::string> notes;
};

/// The strongest weights that lead into a unit and out of it, `count` each way at most: slices of the kernels of the
/// convolutions and fully connected layers next to it, found through activation functions, batch normalisation,
/// pooling, concatenation (whose unit is its branch's) and residual sums (of which one is passed). Reads the graph and
/// the weights as the file has them; any thread. Throws Error for layers and units that do not exist.
UnitNeighbours unitNeighbours(const Graph& graph, const std::vector<Layer>& layers, const std::string& layer,
                              std::int64_t unit, std::int64_t count);

}  // namespace unitscope
