#include "features/cache_files.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <system_error>

namespace unitscope {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kKeyLength = 32;
constexpr auto kAbandoned = std::chrono::hours(24);
/// Room is made for some more at once, since looking through the folder takes a while.
constexpr double kKept = 0.9;

/// The key that a file of the cache belongs to; empty for other files.
std::string_view keyOf(std::string_view name) {
  if (name.size() <= kKeyLength || !isCacheKey(name.substr(0, kKeyLength))) return {};
  const std::string_view ending = name.substr(kKeyLength);
  return ending == ".json" || ending == ".png" || ending == ".opacity.png" ? name.substr(0, kKeyLength)
                                                                           : std::string_view{};
}

/// ".KEY.png.xyz", as AtomicFile names what is not complete yet.
bool isTemporary(std::string_view name) {
  return name.size() > kKeyLength + 2 && name[0] == '.' && isCacheKey(name.substr(1, kKeyLength)) &&
         name[kKeyLength + 1] == '.';
}

template <class Visit>
void forEachFile(const fs::path& folder, const Visit& visit) {
  std::error_code problem;
  for (fs::directory_iterator it(folder, problem), end; !problem && it != end; it.increment(problem)) {
    std::error_code gone;
    if (!it->is_regular_file(gone) || it->is_symlink(gone) || gone) continue;
    const std::uintmax_t size = it->file_size(gone);
    const fs::file_time_type time = it->last_write_time(gone);
    if (!gone) visit(it->path(), size, time);
  }
}

void removeEntry(const fs::path& folder, const std::string& key) {
  std::error_code ignored;
  // The note first: without it the rest counts as missing.
  for (const char* ending : {".json", ".opacity.png", ".png"}) fs::remove(folder / (key + ending), ignored);
}

}  // namespace

bool isCacheKey(std::string_view key) noexcept {
  return key.size() == kKeyLength &&
         std::ranges::all_of(key, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::vector<CacheEntry> cacheEntries(const fs::path& folder) {
  std::map<std::string, CacheEntry, std::less<>> byKey;
  forEachFile(folder, [&](const fs::path& file, std::uintmax_t size, fs::file_time_type time) {
    const std::string name = file.filename().string();
    const std::string key(keyOf(name));
    if (key.empty()) return;
    CacheEntry& entry = byKey.try_emplace(key, CacheEntry{key, 0, fs::file_time_type::min()}).first->second;
    entry.bytes += size;
    entry.used = std::max(entry.used, time);
  });
  std::vector<CacheEntry> entries;
  for (auto& [key, entry] : byKey) entries.push_back(std::move(entry));
  return entries;
}

void keepWithin(const fs::path& folder, std::uint64_t limit, std::string_view spared) {
  const auto now = fs::file_time_type::clock::now();
  std::error_code ignored;
  forEachFile(folder, [&](const fs::path& file, std::uintmax_t, fs::file_time_type time) {
    if (isTemporary(file.filename().string()) && now - time > kAbandoned) fs::remove(file, ignored);
  });
  std::vector<CacheEntry> entries = cacheEntries(folder);
  std::uint64_t sum = 0;
  for (const CacheEntry& entry : entries) sum += entry.bytes;
  if (sum <= limit) return;
  const auto target = static_cast<std::uint64_t>(kKept * static_cast<double>(limit));
  std::ranges::sort(entries, {}, &CacheEntry::used);
  for (const CacheEntry& entry : entries) {
    if (sum <= target) break;
    if (entry.key == spared) continue;
    removeEntry(folder, entry.key);
    sum -= entry.bytes;
  }
}

}  // namespace unitscope
