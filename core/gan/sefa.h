#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/array.h"
#include "gan/direction.h"
#include "graph/graph.h"
#include "runtime/progress.h"

namespace unitscope {

class Model;

/// What weights that consume a latent say about its directions.
struct SefaDirections {
  Array vectors;                    ///< [K,D] unit length, largest entry positive, by falling eigenvalue
  std::vector<double> eigenvalues;  ///< of W W^T
  std::vector<double> explained;    ///< their share of the sum of all
  std::int64_t outputs = 0;         ///< columns of W
  std::vector<std::int64_t> layers;
};

/// Eigenvectors of W W^T with the columns of W [D, outputs] at length one (`normalise`), as SeFa (Shen & Zhou 2021) has
/// it. Columns of zeros are left out. Throws Error for empty and non-finite weights.
SefaDirections sefaOf(const Array& weights, std::int64_t count, bool normalise = true);

/// Nodes with weights (Gemm, MatMul, Conv, ConvTranspose, Einsum) that are the first to work on a latent value: the
/// affine layers of styles, or the first layer of networks that take z as it is. What lies between - picking a row,
/// reshaping, scaling, normalising z - is passed through.
std::vector<NodeId> latentReaders(const Graph& graph, ValueId latent);

struct SefaQuestion {
  std::string latent;                ///< name of the value: w [N,D], w+ [N,L,D] or z [N,D] or [N,D,1,1]
  std::vector<std::int64_t> layers;  ///< rows of w+, or readers of z and w in order; empty: all
  std::int64_t count = 5;
  bool normalise = true;
  /// Also the styles of the layers that draw the picture where a row of w+ has others; SeFa's authors leave them out.
  bool toPicture = false;
};

/// The weights that consume the latent in the chosen layers, stacked: [D, outputs]. Whatever form they have in the file
/// (transposed, scaled by a constant, a kernel over a single place) they come out as what the layer does to each number
/// of the latent. Throws Error where the value does not exist, is no latent, nothing reads it, or a layer does not
/// exist.
Array latentWeights(Model& model, const SefaQuestion& question, const Progress& progress = {},
                    const CancelToken& cancel = {});

/// Both in one. Throws Error, Cancelled.
SefaDirections findSefa(Model& model, const SefaQuestion& question, const Progress& progress = {},
                        const CancelToken& cancel = {});

/// As directions for sliders, -3 to 3, named "SeFa 1"...
std::vector<LatentDirection> directionsOf(const SefaDirections& found, const std::string& space);

}  // namespace unitscope
