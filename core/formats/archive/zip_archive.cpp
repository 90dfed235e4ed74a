#include "formats/archive/zip_archive.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <numeric>
#include <unordered_map>
#include <utility>

#include "formats/archive/byte_cursor.h"
#include "formats/archive/crc32.h"
#include "formats/archive/inflate.h"
#include "formats/archive/mapped_file.h"

namespace unitscope {
namespace {

constexpr std::uint32_t kLocalSignature = 0x04034B50;
constexpr std::uint32_t kCentralSignature = 0x02014B50;
constexpr std::uint32_t kEndSignature = 0x06054B50;
constexpr std::uint32_t kZip64EndSignature = 0x06064B50;
constexpr std::uint32_t kZip64LocatorSignature = 0x07064B50;
constexpr std::size_t kEndSize = 22;
constexpr std::size_t kLocatorSize = 20;
constexpr std::size_t kLocalSize = 30;
constexpr std::size_t kCentralSize = 46;
constexpr std::size_t kMaxComment = 0xFFFF;
constexpr std::uint16_t kStored = 0;
constexpr std::uint16_t kDeflated = 8;

/// Where the central directory lies, from the record at the archive's end.
struct Directory {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint64_t count = 0;
  std::uint64_t limit = 0;  ///< everything before the end records; entries and directory end here at the latest
};

/// An entry and where its local header starts, which only the overlap check needs.
struct Found {
  ZipEntry entry;
  std::uint64_t start = 0;
};

class DirectoryReader {
 public:
  DirectoryReader(std::span<const std::byte> bytes, std::string subject)
      : bytes_(bytes), subject_(std::move(subject)), cursor_(bytes, subject_) {}

  std::vector<Found> read() {
    const Directory directory = findDirectory();
    if (directory.count > ZipArchive::kMaxEntries) fail("it claims " + std::to_string(directory.count) + " entries");
    if (directory.offset > directory.limit || directory.size > directory.limit - directory.offset)
      fail("its directory lies outside the file");
    if (directory.count * kCentralSize > directory.size) fail("its directory is too small for its entries");

    std::vector<Found> found;
    found.reserve(static_cast<std::size_t>(directory.count));
    cursor_.seek(directory.offset);
    for (std::uint64_t i = 0; i < directory.count; ++i) found.push_back(readCentral());
    if (cursor_.position() > directory.offset + directory.size) fail("its directory is longer than it says");
    for (Found& one : found) locate(one, directory.offset);
    refuseOverlap(found);
    return found;
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw Error(subject_, "the zip archive is damaged or incomplete: " + why);
  }

  Directory findDirectory() {
    const std::size_t size = bytes_.size();
    if (size < kEndSize) fail("it is too short");
    const std::size_t stop = size - kEndSize > kMaxComment ? size - kEndSize - kMaxComment : 0;
    for (std::size_t at = size - kEndSize;; --at) {
      cursor_.seek(at);
      if (cursor_.u32() == kEndSignature) {
        cursor_.seek(at + kEndSize - 2);
        if (cursor_.u16() == size - at - kEndSize) return readEnd(at);
      }
      if (at == stop) break;
    }
    fail("the directory at its end is missing");
  }

  Directory readEnd(std::size_t at) {
    cursor_.seek(at + 4);
    const std::uint16_t disk = cursor_.u16();
    const std::uint16_t directoryDisk = cursor_.u16();
    cursor_.skip(2);
    Directory directory;
    directory.count = cursor_.u16();
    directory.size = cursor_.u32();
    directory.offset = cursor_.u32();
    directory.limit = at;
    if (at >= kLocatorSize) {
      cursor_.seek(at - kLocatorSize);
      if (cursor_.u32() == kZip64LocatorSignature) return readZip64(at - kLocatorSize);
    }
    if (disk != 0 || directoryDisk != 0) throw Error(subject_, "zip archives in several parts are not supported");
    return directory;
  }

  Directory readZip64(std::size_t locator) {
    cursor_.seek(locator + 8);
    const std::uint64_t at = cursor_.u64();
    if (at > locator) fail("its 64-bit directory record lies outside the file");
    cursor_.seek(at);
    if (cursor_.u32() != kZip64EndSignature) fail("its 64-bit directory record is missing");
    cursor_.skip(8 + 2 + 2);
    const std::uint32_t disk = cursor_.u32();
    const std::uint32_t directoryDisk = cursor_.u32();
    if (disk != 0 || directoryDisk != 0) throw Error(subject_, "zip archives in several parts are not supported");
    cursor_.skip(8);
    Directory directory;
    directory.count = cursor_.u64();
    directory.size = cursor_.u64();
    directory.offset = cursor_.u64();
    directory.limit = at;
    return directory;
  }

  Found readCentral() {
    if (cursor_.u32() != kCentralSignature) fail("an entry of its directory is not one");
    cursor_.skip(4);
    const std::uint16_t flags = cursor_.u16();
    Found found;
    found.entry.method = cursor_.u16();
    cursor_.skip(4);
    found.entry.crc = cursor_.u32();
    found.entry.compressedSize = cursor_.u32();
    found.entry.size = cursor_.u32();
    const std::uint16_t nameLength = cursor_.u16();
    const std::uint16_t extraLength = cursor_.u16();
    const std::uint16_t commentLength = cursor_.u16();
    cursor_.skip(2 + 2 + 4);
    found.start = cursor_.u32();
    found.entry.name = std::string(cursor_.text(nameLength));
    readExtra(cursor_.take(extraLength), found);
    cursor_.skip(commentLength);
    if (found.entry.name.empty() || found.entry.name.find('\0') != std::string::npos)
      fail("an entry has no sound name");
    if ((flags & 1U) != 0) throw Error(subject_, "entry '" + found.entry.name + "' is encrypted");
    return found;
  }

  // Sizes and offset that do not fit in 32 bits stand in extra field 1, in this order and only those that overflow.
  void readExtra(std::span<const std::byte> extra, Found& found) {
    ByteCursor fields(extra, subject_);
    while (fields.remaining() >= 4) {
      const std::uint16_t id = fields.u16();
      ByteCursor field(fields.take(fields.u16()), subject_);
      if (id != 1) continue;
      if (found.entry.size == 0xFFFFFFFFU) found.entry.size = field.u64();
      if (found.entry.compressedSize == 0xFFFFFFFFU) found.entry.compressedSize = field.u64();
      if (found.start == 0xFFFFFFFFU) found.start = field.u64();
      return;
    }
  }

  void locate(Found& found, std::uint64_t limit) {
    ZipEntry& entry = found.entry;
    if (found.start > limit || limit - found.start < kLocalSize) fail("entry '" + entry.name + "' lies outside it");
    cursor_.seek(found.start);
    if (cursor_.u32() != kLocalSignature) fail("entry '" + entry.name + "' is not where its directory says");
    cursor_.skip(22);
    const std::uint16_t nameLength = cursor_.u16();
    const std::uint16_t extraLength = cursor_.u16();
    if (cursor_.text(nameLength) != entry.name) fail("entry '" + entry.name + "' has two names");
    entry.offset = cursor_.position() + static_cast<std::uint64_t>(extraLength);
    if (entry.offset > limit || entry.compressedSize > limit - entry.offset)
      fail("the data of entry '" + entry.name + "' lies outside it");
    if (entry.method == kStored && entry.size != entry.compressedSize) fail("entry '" + entry.name + "' has two sizes");
  }

  void refuseOverlap(const std::vector<Found>& found) const {
    std::vector<std::size_t> order(found.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](auto a, auto b) { return found[a].start < found[b].start; });
    for (std::size_t i = 1; i < order.size(); ++i) {
      const ZipEntry& before = found[order[i - 1]].entry;
      if (before.offset + before.compressedSize > found[order[i]].start)
        fail("entries '" + before.name + "' and '" + found[order[i]].entry.name + "' overlap");
    }
  }

  std::span<const std::byte> bytes_;
  std::string subject_;
  ByteCursor cursor_;
};

/// "squeezenet/" when every name starts with it, else "".
std::string commonFolder(const std::vector<ZipEntry>& entries) {
  if (entries.empty()) return {};
  const std::size_t slash = entries.front().name.find('/');
  if (slash == std::string::npos) return {};
  const std::string folder = entries.front().name.substr(0, slash + 1);
  for (const ZipEntry& entry : entries)
    if (!entry.name.starts_with(folder)) return {};
  return folder;
}

}  // namespace

struct ZipArchive::State {
  std::span<const std::byte> bytes;
  std::shared_ptr<const void> source;
  std::string subject;
  std::string prefix;
  std::vector<ZipEntry> entries;
  std::unordered_map<std::string_view, std::size_t> byName;  ///< views into `entries`

  std::mutex mutex;  ///< guards what follows: entries decompressed so far
  std::map<std::size_t, std::vector<std::byte>> inflated;
  std::uint64_t inflatedBytes = 0;

  std::span<const std::byte> inflate(std::size_t index) {
    const ZipEntry& entry = entries[index];
    const std::string name = subject + " (" + entry.name + ")";
    const std::lock_guard lock(mutex);
    const auto known = inflated.find(index);
    if (known != inflated.end()) return known->second;
    // DEFLATE gives at most 1032 bytes for one, so a larger claim is a lie that must not be allocated.
    if (entry.size / 1032 > entry.compressedSize) throw Error(name, "its compressed data is damaged");
    if (entry.size > kMaxInflatedBytes - inflatedBytes)
      throw Error(subject, "it holds too much compressed data; zip it again without compression");
    auto data = unitscope::inflate(bytes.subspan(entry.offset, entry.compressedSize), entry.size, name);
    inflatedBytes += entry.size;
    return inflated.emplace(index, std::move(data)).first->second;
  }
};

ZipArchive ZipArchive::open(const std::filesystem::path& file) {
  const MappedFile mapped = MappedFile::open(file);
  return fromBytes(mapped.bytes(), mapped.owner(), file.string());
}

ZipArchive ZipArchive::fromBytes(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                                 std::string subject) {
  auto state = std::make_shared<State>();
  state->bytes = bytes;
  state->source = std::move(owner);
  state->subject = std::move(subject);
  for (Found& found : DirectoryReader(bytes, state->subject).read())
    if (!found.entry.name.ends_with('/')) state->entries.push_back(std::move(found.entry));
  state->prefix = commonFolder(state->entries);
  state->byName.reserve(state->entries.size());
  for (ZipEntry& entry : state->entries) entry.name.erase(0, state->prefix.size());
  for (std::size_t i = 0; i < state->entries.size(); ++i)
    if (!state->byName.emplace(state->entries[i].name, i).second)
      throw Error(state->subject, "the zip archive holds two entries named '" + state->entries[i].name + "'");
  return ZipArchive(std::move(state));
}

bool ZipArchive::recognises(std::string_view head) noexcept {
  return head.starts_with(std::string_view("PK\3\4", 4)) || head.starts_with(std::string_view("PK\5\6", 4));
}

const std::vector<ZipEntry>& ZipArchive::entries() const noexcept {
  return state_->entries;
}
const std::string& ZipArchive::prefix() const noexcept {
  return state_->prefix;
}
const std::string& ZipArchive::subject() const noexcept {
  return state_->subject;
}
std::shared_ptr<const void> ZipArchive::owner() const noexcept {
  return state_;
}

const ZipEntry* ZipArchive::find(std::string_view name) const noexcept {
  const auto found = state_->byName.find(name);
  return found == state_->byName.end() ? nullptr : &state_->entries[found->second];
}
bool ZipArchive::has(std::string_view name) const noexcept {
  return find(name) != nullptr;
}

std::span<const std::byte> ZipArchive::bytes(std::string_view name) const {
  const ZipEntry* entry = find(name);
  if (entry == nullptr) throw Error(state_->subject, "the archive has no entry '" + std::string(name) + "'");
  if (entry->method == kStored) return state_->bytes.subspan(entry->offset, entry->size);
  if (entry->method == kDeflated) return state_->inflate(static_cast<std::size_t>(entry - state_->entries.data()));
  throw Error(state_->subject, "entry '" + entry->name + "' is compressed by method " + std::to_string(entry->method) +
                                   ", which is not supported; zip it again without compression");
}

std::string_view ZipArchive::text(std::string_view name) const {
  verify(name);
  const auto part = bytes(name);
  return {reinterpret_cast<const char*>(part.data()), part.size()};
}

void ZipArchive::verify(std::string_view name) const {
  const auto contents = bytes(name);
  const std::uint32_t wanted = find(name)->crc;
  // torch.serialization.set_crc32_options(False) leaves the field at zero.
  if (wanted != 0 && crc32(contents) != wanted)
    throw Error(state_->subject, "entry '" + std::string(name) + "' is damaged (its checksum is wrong)");
}

}  // namespace unitscope
