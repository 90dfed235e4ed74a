#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/array.h"

namespace unitscope {

/// A place of a layer's map.
struct FeaturePlace {
  std::int64_t y = 0, x = 0;
  bool operator==(const FeaturePlace&) const = default;
};

/// What a picture is made to excite. Plain values.
struct FeatureGoal {
  enum class Kind {
    Channel,     ///< unit `unit`, mean over all places (Olah et al. 2017); of an output [N,K] the logit of that class
    Neuron,      ///< unit `unit` at `place` alone, at the centre where no place is given
    Layer,       ///< all units at once: mean of the squares (DeepDream)
    Direction,   ///< `vector` [C] over the units: dot product times a power of the cosine, mean over places, or at
                 ///< `place` where one is given
    Between,     ///< (1 - mix) * unit + mix * other, means over places
    Activation,  ///< be like `vector`, [C] (at `place`, or everywhere) or [C,h,w]: inversion, squared distance
  };
  Kind kind = Kind::Channel;
  std::string layer;      ///< as resolveLayer() takes it
  std::int64_t unit = 0;  ///< channel of [N,C,H,W], last axis of [N,T,C], column of [N,K]
  std::int64_t other = 0;
  double mix = 0.5;  ///< 0..1, for Between
  std::optional<FeaturePlace> place;
  Array vector;
  bool negative = false;    ///< as little as possible instead of as much
  std::int64_t group = -1;  ///< pictures of one group (0 and above) are pushed apart: diversity
};

/// "features.7:16", "features.7:16@4,5", "features.7:16 negative": for titles and messages.
std::string describeGoal(const FeatureGoal& goal);

}  // namespace unitscope
