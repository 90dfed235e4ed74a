#pragma once

#include <string>
#include <vector>

#include "gan/direction.h"

namespace unitscope::cli {

/// A file of directions, or one of them: "FILE" or "FILE:2", counted from 0. Throws Error naming the file.
std::vector<LatentDirection> readDirections(const std::string& text);
/// The same where one is needed.
LatentDirection readDirection(const std::string& text);

}  // namespace unitscope::cli
