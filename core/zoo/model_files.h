#pragma once

#include <filesystem>

#include "engine/model_card.h"
#include "graph/graph.h"

namespace unitscope {

/// Writes a network as ONNX with its card beside it. Throws Error naming the file, or that this build has no ONNX.
void saveZooModel(const Graph& graph, const ModelCard& card, const std::filesystem::path& file);

}  // namespace unitscope
