#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace unitscope {

/// One file in a zip archive.
struct ZipEntry {
  std::string name;                  ///< without the archive's common top folder
  std::uint64_t offset = 0;          ///< of its data in the archive
  std::uint64_t compressedSize = 0;  ///< bytes that it takes there
  std::uint64_t size = 0;            ///< bytes that it holds
  std::uint32_t crc = 0;
  std::uint16_t method = 0;  ///< 0 stored, 8 deflated; others are refused when their bytes are asked for
};

/// A zip archive (zip64 too) as PyTorch writes it, over memory: stored entries are given without a copy. Offsets and
/// sizes are all checked when it is opened; overlapping, encrypted and doubly named entries are refused. Entries that
/// are deflated (TorchScript does it to its source texts) are decompressed when they are asked for, up to
/// kMaxInflatedBytes an archive. Copies share everything; const use from several threads is safe.
class ZipArchive {
 public:
  static constexpr std::uint64_t kMaxEntries = 500'000;
  static constexpr std::uint64_t kMaxInflatedBytes = 256ULL << 20U;

  /// Throws Error naming the file when it cannot be opened or is no sound archive.
  static ZipArchive open(const std::filesystem::path& file);
  /// The same over bytes that `owner` keeps alive; `subject` stands in messages.
  static ZipArchive fromBytes(std::span<const std::byte> bytes, std::shared_ptr<const void> owner, std::string subject);
  /// Whether a file's first bytes are those of a zip archive.
  static bool recognises(std::string_view head) noexcept;

  /// In the order of the central directory; folders are left out.
  const std::vector<ZipEntry>& entries() const noexcept;
  /// The folder that all entries share ("squeezenet/"), which names here go without; empty where there is none.
  const std::string& prefix() const noexcept;
  bool has(std::string_view name) const noexcept;
  /// The entry, or null.
  const ZipEntry* find(std::string_view name) const noexcept;

  /// An entry's contents, valid while `owner()` lives. Throws Error for an absent entry or compressed data that is
  /// damaged or too large. The CRC is not computed.
  std::span<const std::byte> bytes(std::string_view name) const;
  /// The same as text, with its CRC verified: for JSON, source code and pickles.
  std::string_view text(std::string_view name) const;
  /// Throws Error unless the entry's CRC-32 is right. Archives that PyTorch was told to write without CRCs pass.
  void verify(std::string_view name) const;

  /// Keeps the bytes of every entry alive.
  std::shared_ptr<const void> owner() const noexcept;
  /// The file's name, for messages.
  const std::string& subject() const noexcept;

 private:
  struct State;
  explicit ZipArchive(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

}  // namespace unitscope
