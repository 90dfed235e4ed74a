#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace unitscope {

class Model;

/// Where a generator's graph takes what a picture is made from. Values are named as in the graph, so that a plan can be
/// kept in a session; empty where the network has none.
struct GeneratorPlan {
  std::string z;        ///< latent input, [N,D] or [N,D,1,1]
  std::string classes;  ///< class vector [N,K], or class numbers [N] where `classNumbers`
  /// Scalar that draws the styles towards their mean (StyleGAN), or chooses the statistics (BigGAN).
  std::string truncation;
  /// What the layers take, once for each of them: w+ [N,L,D]. Where they share one w [N,D], splitStyles() gives each
  /// its own copy first. Empty for networks that take z as it is (DCGAN, PGGAN, BigGAN).
  std::string styles;
  std::vector<std::string> noises;  ///< noise maps, [1,1,h,w] or [h,w]
  std::string image;                ///< the picture, [N,C,H,W]
  Shape zShape;                     ///< without the batch: {D} or {D,1,1}
  Shape imageShape;                 ///< {C,H,W}
  std::int64_t classCount = 0;
  bool classNumbers = false;
  std::int64_t styleSize = 0;            ///< D of w
  std::int64_t styleCount = 0;           ///< L of w+; 1 where styles are [N,D]
  std::vector<std::string> styleLayers;  ///< for each style the first layer that it goes to
  bool batches = true;                   ///< false where the file fixes the batch at one

  std::int64_t zSize() const { return zShape.empty() ? 0 : zShape.front(); }
  bool hasStyles() const { return !styles.empty(); }
};

/// What the user knows better than the graph tells. Names of values; empty: find out.
struct LatentHints {
  std::string z, classes, truncation, styles, image;
};

/// Finds the inputs of a generator by what the graph does with them, whatever they are called: z is the input without
/// spatial extent that is no class vector; the styles are the last value without extent that everything from z to the
/// picture passes through, if weights lie before it and several layers read it; a noise map is a constant or input of
/// one channel that is added to feature maps. The network runs once. Throws Error that says what is missing, for
/// networks that are no generators and hints that name nothing.
GeneratorPlan planGenerator(Model& model, const LatentHints& hints = {});

/// Values through which every path from `from` to `to` passes, in order, without `from`, with `to` if there is a path.
std::vector<ValueId> bottlenecks(const Graph& graph, ValueId from, ValueId to);

}  // namespace unitscope
