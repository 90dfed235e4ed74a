#pragma once

#include <filesystem>
#include <string>

#include "graph/graph.h"

namespace unitscope {

/// A finished model of the zoo by name: NAME.onnx in `folder` where that is there, else the embedded one. Throws Error
/// when neither is.
Graph finishedModel(const std::string& name, const std::filesystem::path& folder);

}  // namespace unitscope
