#include "data/idx_file.h"

#include <cstddef>
#include <fstream>
#include <iterator>
#include <span>

#include "formats/archive/crc32.h"
#include "formats/archive/inflate.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr std::uint64_t kMostBytes = 2'000'000'000;

std::vector<std::byte> readAll(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  if (!in) throw Error(file.string(), "cannot be read");
  const auto size = static_cast<std::uint64_t>(in.tellg());
  if (size > kMostBytes) throw Error(file.string(), "is larger than 2 GB");
  std::vector<std::byte> bytes(static_cast<std::size_t>(size));
  in.seekg(0);
  in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
  if (!in) throw Error(file.string(), "cannot be read to its end");
  return bytes;
}

std::uint8_t byteAt(std::span<const std::byte> bytes, std::size_t at) {
  return std::to_integer<std::uint8_t>(bytes[at]);
}

std::uint32_t littleEndian(std::span<const std::byte> bytes, std::size_t at) {
  return byteAt(bytes, at) | byteAt(bytes, at + 1) << 8 | byteAt(bytes, at + 2) << 16 |
         static_cast<std::uint32_t>(byteAt(bytes, at + 3)) << 24;
}

/// The one member of a gzip file (RFC 1952).
std::vector<std::byte> gunzip(std::span<const std::byte> bytes, const std::string& subject) {
  constexpr std::uint8_t kHeaderCheck = 2, kExtra = 4, kName = 8, kComment = 16;
  if (bytes.size() < 18 || byteAt(bytes, 2) != 8) throw Error(subject, "is not a gzip file that can be read");
  const std::uint8_t flags = byteAt(bytes, 3);
  std::size_t at = 10;
  const std::size_t end = bytes.size() - 8;
  if (flags & kExtra) {
    if (at + 2 > end) throw Error(subject, "the gzip header is cut short");
    at += 2 + (byteAt(bytes, at) | static_cast<std::size_t>(byteAt(bytes, at + 1)) << 8);
  }
  for (const std::uint8_t flag : {kName, kComment}) {
    if (!(flags & flag)) continue;
    while (at < end && byteAt(bytes, at) != 0) ++at;
    ++at;
  }
  if (flags & kHeaderCheck) at += 2;
  if (at > end) throw Error(subject, "the gzip header is cut short");
  const std::uint32_t size = littleEndian(bytes, end + 4);
  // DEFLATE shrinks by a factor of 1032 at most.
  if (size > kMostBytes || size / 1032 > bytes.size()) throw Error(subject, "claims an impossible size");
  std::vector<std::byte> data = inflate(bytes.subspan(at, end - at), size, subject);
  if (crc32(data) != littleEndian(bytes, end)) throw Error(subject, "is damaged (its checksum does not fit)");
  return data;
}

std::filesystem::path partOf(const std::filesystem::path& folder, const std::string& name) {
  for (const char* ending : {"", ".gz"}) {
    std::filesystem::path file = folder / (name + ending);
    std::error_code ignored;
    if (std::filesystem::exists(file, ignored)) return file;
  }
  throw Error((folder / name).string(), "no such file, with .gz or without");
}

}  // namespace

IdxFile readIdxFile(const std::filesystem::path& file) {
  std::vector<std::byte> bytes = readAll(file);
  const std::string subject = file.string();
  if (bytes.size() >= 2 && byteAt(bytes, 0) == 0x1F && byteAt(bytes, 1) == 0x8B) bytes = gunzip(bytes, subject);
  if (bytes.size() < 4 || byteAt(bytes, 0) != 0 || byteAt(bytes, 1) != 0) throw Error(subject, "is not an IDX file");
  if (byteAt(bytes, 2) != 0x08) throw Error(subject, "holds other numbers than unsigned bytes");
  const std::size_t axes = byteAt(bytes, 3);
  if (axes < 1 || axes > 4 || bytes.size() < 4 + 4 * axes) throw Error(subject, "the IDX header is cut short");
  IdxFile idx;
  std::uint64_t count = 1;
  for (std::size_t i = 0; i < axes; ++i) {
    std::uint32_t size = 0;
    for (std::size_t k = 0; k < 4; ++k) size = size << 8 | byteAt(bytes, 4 + 4 * i + k);
    idx.shape.push_back(size);
    if (size != 0 && count > kMostBytes / size) throw Error(subject, "claims an impossible size");
    count *= size;
  }
  const std::size_t start = 4 + 4 * axes;
  if (bytes.size() - start != count)
    throw Error(subject, "should hold " + std::to_string(count) + " bytes of data and holds " +
                             std::to_string(bytes.size() - start));
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data()) + start;
  idx.values.assign(data, data + count);
  return idx;
}

LabelledPictures readMnistLike(const std::filesystem::path& folder, const std::string& prefix) {
  const std::filesystem::path pictureFile = partOf(folder, prefix + "-images-idx3-ubyte");
  const std::filesystem::path labelFile = partOf(folder, prefix + "-labels-idx1-ubyte");
  IdxFile pictures = readIdxFile(pictureFile);
  IdxFile labels = readIdxFile(labelFile);
  if (pictures.shape.size() != 3) throw Error(pictureFile.string(), "does not hold pictures [N,H,W]");
  if (labels.shape.size() != 1) throw Error(labelFile.string(), "does not hold a list of labels");
  if (labels.shape[0] != pictures.shape[0])
    throw Error(labelFile.string(), "holds " + std::to_string(labels.shape[0]) + " labels for " +
                                        std::to_string(pictures.shape[0]) + " pictures");
  if (pictures.shape[1] > 4096 || pictures.shape[2] > 4096) throw Error(pictureFile.string(), "pictures are too large");
  return {static_cast<int>(pictures.shape[2]), static_cast<int>(pictures.shape[1]), std::move(pictures.values),
          std::move(labels.values)};
}

}  // namespace unitscope
