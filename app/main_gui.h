#pragma once

#include <filesystem>
#include <vector>

namespace unitscope {

/// Opens the window, with the files in it, and runs until it is closed. Returns the program's exit code.
int runWindow(int argc, char** argv, const std::vector<std::filesystem::path>& files);

}  // namespace unitscope
