#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace unitscope {

/// Channels written as "383", "1, 5, 9" or "10-19, 40": sorted, each once. Throws Error for anything else and for
/// channels outside [0, count). Empty text gives an empty list.
std::vector<std::int64_t> channelsFrom(std::string_view text, std::int64_t count);

}  // namespace unitscope
