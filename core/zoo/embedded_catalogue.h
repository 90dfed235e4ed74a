#pragma once

#include <string_view>

namespace unitscope {

/// resources/catalogue.json as it lies in the program. Defined in a file that CMake writes
/// (cmake/EmbedCatalogue.cmake).
std::string_view embeddedCatalogueText();
/// resources/labels/NAME.txt; empty where there is none of this name.
std::string_view embeddedLabelText(std::string_view name);

}  // namespace unitscope
