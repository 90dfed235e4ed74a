#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace unitscope::cli {

/// Units as typed: "16", "0-15", "3,8,20-22", in this order, each once. Throws Error naming what is wrong, and for more
/// than 100,000.
std::vector<std::int64_t> unitsFrom(const std::string& text);

}  // namespace unitscope::cli
