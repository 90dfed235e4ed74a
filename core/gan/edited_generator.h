#pragma once

#include <filesystem>
#include <vector>

#include "gan/direction.h"
#include "gan/generator.h"
#include "graph/graph.h"

namespace unitscope {

struct AppliedDirection {
  LatentDirection direction;
  double amount = 0.0;
};

/// What is to become part of a generator.
struct GeneratorChanges {
  std::vector<UnitEdit> edits;
  std::vector<AppliedDirection> directions;  ///< added to z, or to the styles of their layers
};

/// The generator with the changes written into its graph, as nodes behind the layers that they change and behind the
/// latents: opened again it draws from any z what the generator draws with the edits. Places become constant masks.
/// Values keep their names, which now mean the changed ones: styles that are fed to the new network are taken as they
/// are, without the directions. Throws Error for layers, units and directions that do not fit.
Graph editedGenerator(Generator& generator, const GeneratorChanges& changes);

/// The same as an ONNX file, with its card beside it. Throws Error naming the file, and in builds without ONNX.
void saveEditedGenerator(Generator& generator, const GeneratorChanges& changes, const std::filesystem::path& file);

}  // namespace unitscope
