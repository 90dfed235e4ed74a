#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/array.h"

namespace unitscope {

/// A way through a latent space with a meaning, or one that waits for a name.
struct LatentDirection {
  std::string name;
  std::string source;                ///< "sefa", "ganspace", "boundary", "file"...
  std::string space = "w";           ///< "z", "w" or "w+": what it is added to
  Array vector;                      ///< [D], the same for all layers, or [L,D]
  double from = -3.0, to = 3.0;      ///< range of the slider, in lengths of the vector
  std::vector<std::int64_t> layers;  ///< rows of w+ that it is added to, counted from 0; empty: all
  /// Numbers worth showing: "eigenvalue", "explained_variance", "deviation", "bias", "validation_accuracy"...
  std::map<std::string, double> details;
};

/// latents + amount * direction. `latents` are [N,D] (z, w) or [N,L,D] (w+); a vector [D] goes to each of the
/// direction's layers, a vector [L,D] needs latents of w+ with as many layers. Rows of w have no layers, so the
/// direction's `layers` count for w+ only. Throws Error for sizes that do not fit and layers that do not exist.
Array moved(const Array& latents, const LatentDirection& direction, double amount);

/// "0-3,5" as {0,1,2,3,5}; "all" and "" as {}. Throws Error(subject, ...) for anything else and over 1,024 layers.
std::vector<std::int64_t> layersFrom(const std::string& text, const std::string& subject);
/// The other way round: "0-3,5", "all" where empty.
std::string layersText(const std::vector<std::int64_t>& layers);

}  // namespace unitscope
