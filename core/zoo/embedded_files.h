#pragma once

#include <string_view>
#include <vector>

namespace unitscope {

/// Files of resources/models as they lie in the program.
struct EmbeddedFiles {
  std::string_view name;
  std::string_view onnx, card, quality;
};
/// Defined in a file that CMake writes (cmake/EmbedModels.cmake).
std::vector<EmbeddedFiles> embeddedFiles();

}  // namespace unitscope
