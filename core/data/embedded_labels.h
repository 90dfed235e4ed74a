#pragma once

#include <string_view>

namespace unitscope {

/// resources/labels/NAME.txt as it lies in the program; empty where there is none of this name. Defined in a file that
/// CMake writes (cmake/EmbedCatalogue.cmake).
std::string_view embeddedLabelText(std::string_view name);

}  // namespace unitscope
