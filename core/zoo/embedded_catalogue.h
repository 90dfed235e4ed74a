#pragma once

#include <string_view>

namespace unitscope {

/// resources/catalogue.json as it lies in the program. Defined in a file that CMake writes
/// (cmake/EmbedCatalogue.cmake).
std::string_view embeddedCatalogueText();

}  // namespace unitscope
