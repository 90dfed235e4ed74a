#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/array.h"
#include "gan/direction.h"
#include "runtime/progress.h"

namespace unitscope {

class Generator;

/// Which directions of a generator's latent space to look for, without labels.
struct DirectionsQuestion {
  enum class Method { Sefa, Ganspace };
  Method method = Method::Sefa;
  std::string space;                 ///< "z", "w" or "w+"; empty: the styles where the network has them, else z
  std::vector<std::int64_t> layers;  ///< SeFa: whose weights; both: rows of w+ that the directions are for; empty: all
  std::int64_t count = 5;
  bool normalise = true;   ///< SeFa: columns of W at length one
  bool toPicture = false;  ///< SeFa: with the layers that draw the picture
  /// GANSpace: components of w itself, or of this layer's values, led back to the latent. Empty in networks without w:
  /// the first layer that reads z.
  std::string activation;
  std::int64_t samples = 0;  ///< GANSpace: 0 for 10,000 latents or 2,000 activations
  std::uint64_t seed = 0;    ///< GANSpace: of the first sample; each further one has the next
  Array classes;             ///< as SynthesisQuestion has it
};

struct FoundDirections {
  std::vector<LatentDirection> directions;
  std::string space;
  std::int64_t latentSize = 0;
  std::vector<double> eigenvalues;  ///< SeFa: of W W^T; GANSpace: variances
  std::vector<double> explained;    ///< shares of their sum
  std::int64_t outputs = 0;         ///< SeFa: columns of W
  std::int64_t samples = 0;         ///< GANSpace
  std::string activation;           ///< GANSpace: the layer that was taken; empty for w
};

/// SeFa (Shen & Zhou 2021) or GANSpace (Harkonen et al. 2020) on any generator. Throws Error for spaces and layers that
/// the network does not have, and where the samples would not fit into memory; Cancelled.
FoundDirections findDirections(Generator& generator, const DirectionsQuestion& question, const Progress& progress = {},
                               const CancelToken& cancel = {});

}  // namespace unitscope
