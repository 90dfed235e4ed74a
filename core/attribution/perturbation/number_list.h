#pragma once

#include <string>
#include <vector>

namespace unitscope {

/// Parts of a whole, "0.05, 0.1": between 0 and 1 without either, at most 64. Throws Error naming `subject`.
std::vector<double> partsFrom(const std::string& text, const std::string& subject);

}  // namespace unitscope
