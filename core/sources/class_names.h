#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace unitscope {

/// How names of classes are compared: "Broadleaf_Tree" is "broadleaf tree", "clouds" is "cloud".
std::string plainClassName(std::string_view name);

/// Index of the label of this name, -1 for none.
std::int64_t classNamed(const std::vector<std::string>& labels, std::string_view name);

}  // namespace unitscope
