#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace unitscope {

/// What a folder holds under one key.
struct CacheEntry {
  std::string key;
  std::uint64_t bytes = 0;
  std::filesystem::file_time_type used;  ///< the newest of its files
};

/// 32 hex digits, so that a key never leaves the folder.
bool isCacheKey(std::string_view key) noexcept;

/// Entries of the folder, in no order; empty where it cannot be read. Files that are named otherwise do not belong to
/// the cache and are left alone.
std::vector<CacheEntry> cacheEntries(const std::filesystem::path& folder);

/// Removes entries, the one that was not used for longest first, until the folder holds `limit` bytes at most; never
/// the one named `spared`. Also removes what programs that were killed while writing left behind long ago.
void keepWithin(const std::filesystem::path& folder, std::uint64_t limit, std::string_view spared);

}  // namespace unitscope
