#pragma once

#include <string>
#include <vector>

#include "architectures/gans/generator_weights.h"
#include "architectures/gans/generators.h"
#include "graph/graph.h"

namespace unitscope {

/// What a family's builder finds.
struct BuiltGenerator {
  Graph graph;
  std::vector<std::string> notes;
};

// Each builds the network around all of the tensors. They throw Error naming the tensor that is missing, superfluous or
// of an impossible shape.
BuiltGenerator buildPggan(GeneratorWeights& weights, const GeneratorHints& hints);
BuiltGenerator buildGenforceStyleGan(GeneratorWeights& weights, const GeneratorHints& hints);
BuiltGenerator buildGenforceStyleGan2(GeneratorWeights& weights, const GeneratorHints& hints);
BuiltGenerator buildRosinalityStyleGan2(GeneratorWeights& weights, const GeneratorHints& hints);
BuiltGenerator buildBigGanDeep(GeneratorWeights& weights, const GeneratorHints& hints);

}  // namespace unitscope
