#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model_card.h"
#include "graph/graph.h"

namespace unitscope {

/// A network that is part of the program: trained by it, on data that anyone can get or render.
struct EmbeddedModel {
  std::string_view name;  ///< "scene-classifier"
  std::span<const std::byte> onnx;
  std::string_view card;     ///< JSON of its ModelCard
  std::string_view quality;  ///< JSON of its measured figures; empty where there are none
};

/// All of them, by name.
const std::vector<EmbeddedModel>& embeddedModels();
/// Null where there is none of this name.
const EmbeddedModel* findEmbeddedModel(std::string_view name);

struct ReadModel {
  Graph graph;
  ModelCard card;
};
/// Throws Error for unknown names (saying which there are), and in builds that cannot read ONNX.
ReadModel readEmbeddedModel(std::string_view name);

/// What stands for the hand-written network where a model is asked for.
inline constexpr std::string_view kExampleName = "example";

bool isBuiltInModel(std::string_view name);
/// A model by name instead of by file: an embedded one, or the hand-written example. Nothing where no model has this
/// name, so that it may be a file. Throws Error as readEmbeddedModel() does.
std::optional<ReadModel> readBuiltInModel(std::string_view name);

}  // namespace unitscope
