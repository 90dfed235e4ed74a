#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

namespace unitscope {

/// A file that appears whole or not at all: everything is written into a temporary file in the same folder, which
/// takes the wanted name only in commit(). Without a commit (an exception, a full disk) nothing is left behind and
/// an older file of that name stays as it was. A name that is a symbolic link keeps being one.
class AtomicFile {
 public:
  /// Throws Error naming the file: its folder is missing or not writable, or the name is that of a folder or device.
  explicit AtomicFile(const std::filesystem::path& file);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Appends. Throws Error (disk full, quota).
  void write(std::span<const std::byte> bytes);
  void write(std::string_view text) { write(std::as_bytes(std::span<const char>(text.data(), text.size()))); }
  /// Overwrites what stands at `position`, which must have been written before (headers known only at the end).
  void writeAt(std::uint64_t position, std::span<const std::byte> bytes);
  std::uint64_t size() const noexcept { return size_; }

  /// Brings the contents to the disk and gives them their name. Throws Error when either fails.
  void commit();

 private:
  [[noreturn]] void fail(int code) const;
  void put(std::span<const std::byte> bytes, std::uint64_t position);

  std::filesystem::path file_;       ///< as the caller named it, for messages
  std::filesystem::path target_;     ///< the same with links resolved
  std::filesystem::path temporary_;  ///< empty once committed
  int handle_ = -1;
  std::uint64_t size_ = 0;
};

/// Writes a whole file that way.
void writeFileAtomically(const std::filesystem::path& file, std::span<const std::byte> bytes);
void writeFileAtomically(const std::filesystem::path& file, std::string_view text);

}  // namespace unitscope
