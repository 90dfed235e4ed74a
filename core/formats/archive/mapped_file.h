#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

namespace unitscope {

/// A whole file as read-only memory, paged in as it is touched. Copies share the mapping; whoever keeps bytes of it
/// keeps `owner()` too.
class MappedFile {
 public:
  /// Throws Error naming the file: missing, a folder, not a regular file, or not readable.
  static MappedFile open(const std::filesystem::path& file);

  std::span<const std::byte> bytes() const noexcept { return bytes_; }
  std::size_t size() const noexcept { return bytes_.size(); }
  /// The first `count` bytes (fewer in a shorter file) as text.
  std::string_view head(std::size_t count) const noexcept;
  const std::shared_ptr<const void>& owner() const noexcept { return owner_; }

 private:
  std::span<const std::byte> bytes_;
  std::shared_ptr<const void> owner_;
};

}  // namespace unitscope
