#include "image/picture_header.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "image/field_reader.h"
#include "image/image.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

using Format = PictureHeader::Format;
using namespace std::string_view_literals;

std::string_view asText(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::optional<Format> formatOf(std::string_view head) noexcept {
  if (head.starts_with("\x89PNG\r\n\x1a\n"sv)) return Format::Png;
  if (head.starts_with("\xff\xd8\xff"sv)) return Format::Jpeg;
  if (head.starts_with("RIFF"sv) && head.size() >= 12 && head.substr(8, 4) == "WEBP"sv) return Format::WebP;
  if (head.starts_with("II*\0"sv) || head.starts_with("MM\0*"sv)) return Format::Tiff;
  // "BM" alone is too weak a mark: the two reserved words must be zero too.
  if (head.starts_with("BM"sv) && head.size() >= 26 && head.substr(6, 4) == "\0\0\0\0"sv) return Format::Bmp;
  if (head.size() > 3 && head[0] == 'P' && head[1] >= '1' && head[1] <= '6' &&
      (head[2] == ' ' || head[2] == '\n' || head[2] == '\r' || head[2] == '\t'))
    return Format::Pnm;
  return std::nullopt;
}

class HeaderReader {
 public:
  HeaderReader(std::span<const std::byte> bytes, const std::string& subject) : bytes_(bytes), subject_(subject) {}

  PictureHeader read() {
    const auto format = formatOf(asText(bytes_.first(std::min<std::size_t>(bytes_.size(), 64))));
    if (!format)
      throw Error(subject_, "this is not a picture of a known format (PNG, JPEG, WebP, BMP, TIFF and PNM are)");
    header_.format = *format;
    switch (*format) {
      case Format::Png: png(); break;
      case Format::Jpeg: jpeg(); break;
      case Format::WebP: webp(); break;
      case Format::Bmp: bmp(); break;
      case Format::Tiff: tiff(); break;
      case Format::Pnm: pnm(); break;
    }
    if (header_.width <= 0 || header_.height <= 0) damaged();
    if (header_.width > kMaxImagePixels / header_.height)
      throw Error(subject_, "the picture is too large (" + std::to_string(header_.width) + " x " +
                                std::to_string(header_.height) + "; at most " +
                                std::to_string(kMaxImagePixels / 1'000'000) + " million pixels are opened)");
    checkLength();
    return header_;
  }

 private:
  [[noreturn]] void damaged() const { throw Error(subject_, "the picture is damaged or incomplete"); }
  std::int64_t must(std::optional<std::uint32_t> value) const {
    if (!value) damaged();
    return *value;
  }
  FieldReader little() const { return {bytes_, false}; }
  FieldReader big() const { return {bytes_, true}; }

  /// A file cannot hold more than its format's best compression allows; less means a forged size.
  void checkLength() const {
    const auto length = static_cast<std::int64_t>(bytes_.size());
    const std::int64_t bits = header_.width * header_.height * bitsPerPixel_;
    switch (header_.format) {
      case Format::Png:  // DEFLATE gives at most 1032 bytes for one
        if (bits / 8 / 1032 > length) damaged();
        break;
      case Format::Jpeg:  // each block of 64 pixels takes one bit at least, in the scan of its DC coefficients
        if (header_.width * header_.height / 512 > length) damaged();
        break;
      case Format::Bmp:
      case Format::Pnm:
        if (plain_ && bits / 8 > length) damaged();
        break;
      case Format::WebP:  // one colour all over takes no bits at all
      case Format::Tiff: break;
    }
  }

  void png() {
    const FieldReader in = big();
    if (asText(bytes_).substr(0, 16).size() < 16 || asText(bytes_).substr(12, 4) != "IHDR"sv) damaged();
    header_.width = must(in.u32(16));
    header_.height = must(in.u32(20));
    const std::int64_t depth = must(in.u8(24));
    const std::int64_t type = must(in.u8(25));
    constexpr std::array<int, 7> kChannels = {1, 0, 3, 1, 2, 0, 4};
    if (type > 6 || depth < 1 || depth > 16) damaged();
    bitsPerPixel_ = depth * kChannels[static_cast<std::size_t>(type)];
    for (std::uint64_t at = 8; at + 12 <= in.size();) {
      const std::int64_t length = must(in.u32(at));
      const std::string_view kind = asText(bytes_).substr(at + 4, 4);
      if (kind == "IEND"sv || length > static_cast<std::int64_t>(in.size() - at - 12)) return;
      if (kind == "eXIf"sv) {
        header_.orientation = exifOrientation(bytes_.subspan(at + 8, static_cast<std::size_t>(length)));
        return;
      }
      at += 12 + static_cast<std::uint64_t>(length);
    }
  }

  /// Walks the segments up to the frame header; EXIF stands before it.
  void jpeg() {
    const FieldReader in = big();
    for (std::uint64_t at = 2; at + 4 <= in.size();) {
      if (must(in.u8(at)) != 0xFF) damaged();
      const std::int64_t marker = must(in.u8(at + 1));
      if (marker == 0xFF) {  // filling
        ++at;
        continue;
      }
      if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) {  // no contents
        at += 2;
        continue;
      }
      const std::int64_t length = must(in.u16(at + 2));
      if (length < 2) damaged();
      const bool frame = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
      if (frame) {
        header_.height = must(in.u16(at + 5));
        header_.width = must(in.u16(at + 7));
        return;
      }
      if (marker == 0xDA || marker == 0xD9) damaged();  // picture data without a frame
      const std::string_view text = asText(bytes_).substr(at + 4);
      if (marker == 0xE1 && text.starts_with("Exif\0"sv) && length > 8) {
        const std::size_t size = std::min<std::size_t>(static_cast<std::size_t>(length) - 8, in.size() - at - 4);
        if (size > 6)
          header_.orientation = exifOrientation(bytes_.subspan(at + 10, std::min(size, in.size() - at - 10)));
      }
      at += 2 + static_cast<std::uint64_t>(length);
    }
    damaged();
  }

  void webp() {
    const FieldReader in = little();
    const std::string_view kind = asText(bytes_).substr(12, 4);
    if (kind == "VP8X"sv) {
      header_.width = must(in.u24(24)) + 1;
      header_.height = must(in.u24(27)) + 1;
    } else if (kind == "VP8L"sv) {
      const std::int64_t packed = must(in.u32(21));
      header_.width = (packed & 0x3FFF) + 1;
      header_.height = ((packed >> 14) & 0x3FFF) + 1;
    } else if (kind == "VP8 "sv) {
      header_.width = must(in.u16(26)) & 0x3FFF;
      header_.height = must(in.u16(28)) & 0x3FFF;
    } else {
      damaged();
    }
    for (std::uint64_t at = 12; at + 8 <= in.size();) {
      const std::uint64_t length = static_cast<std::uint64_t>(must(in.u32(at + 4)));
      if (length > in.size() - at - 8) return;
      if (asText(bytes_).substr(at, 4) == "EXIF"sv) {
        auto exif = bytes_.subspan(at + 8, static_cast<std::size_t>(length));
        if (asText(exif).starts_with("Exif\0\0"sv)) exif = exif.subspan(6);
        header_.orientation = exifOrientation(exif);
        return;
      }
      at += 8 + length + (length & 1U);
    }
  }

  void bmp() {
    const FieldReader in = little();
    const std::int64_t headerSize = must(in.u32(14));
    if (headerSize == 12) {
      header_.width = must(in.u16(18));
      header_.height = must(in.u16(20));
      bitsPerPixel_ = must(in.u16(24));
      return;
    }
    header_.width = static_cast<std::int32_t>(must(in.u32(18)));
    // A negative height means rows from top to bottom.
    header_.height = std::llabs(static_cast<std::int32_t>(must(in.u32(22))));
    bitsPerPixel_ = must(in.u16(28));
    const std::int64_t compression = must(in.u32(30));
    plain_ = compression == 0 || compression == 3;
    if (bitsPerPixel_ < 1 || bitsPerPixel_ > 32) damaged();
  }

  void tiff() {
    const bool bigEndian = bytes_[0] == std::byte{'M'};
    const FieldReader in(bytes_, bigEndian);
    const std::int64_t directory = must(in.u32(4));
    const std::int64_t count = must(in.u16(static_cast<std::uint64_t>(directory)));
    std::int64_t tileWidth = 0;
    std::int64_t tileHeight = 0;
    std::int64_t samples = 1;
    for (std::int64_t i = 0; i < count; ++i) {
      const auto at = static_cast<std::uint64_t>(directory + 2 + 12 * i);
      const std::int64_t tag = must(in.u16(at));
      const std::int64_t type = must(in.u16(at + 2));
      const auto value = [&] { return type == 3 ? must(in.u16(at + 8)) : must(in.u32(at + 8)); };
      if (tag == 256) header_.width = value();
      if (tag == 257) header_.height = value();
      if (tag == 277) samples = value();
      if (tag == 322) tileWidth = value();
      if (tag == 323) tileHeight = value();
    }
    // The decoder allocates whole tiles, however small the picture is.
    if (samples > 64 || (tileHeight > 0 && tileWidth > kMaxImagePixels / 4 / tileHeight)) damaged();
  }

  /// "P6 # comment\n 640 480 255\n".
  void pnm() {
    std::size_t at = 2;
    const std::string_view text = asText(bytes_.first(std::min<std::size_t>(bytes_.size(), 4096)));
    const auto number = [&] {
      std::int64_t value = -1;
      for (bool comment = false; at < text.size(); ++at) {
        const char c = text[at];
        if (comment) {
          comment = c != '\n';
        } else if (c == '#') {
          comment = true;
        } else if (c >= '0' && c <= '9') {
          value = std::max<std::int64_t>(value, 0) * 10 + (c - '0');
          if (value > 1'000'000'000) damaged();
        } else if (value >= 0) {
          return value;
        } else if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
          damaged();
        }
      }
      return value;
    };
    header_.width = number();
    header_.height = number();
    const char kind = text[1];
    bitsPerPixel_ = kind == '3' || kind == '6' ? 24 : kind == '1' || kind == '4' ? 1 : 8;
  }

  std::span<const std::byte> bytes_;
  const std::string& subject_;
  PictureHeader header_;
  std::int64_t bitsPerPixel_ = 1;
  bool plain_ = true;  ///< BMP: not run-length coded
};

}  // namespace

bool looksLikePicture(std::string_view head) noexcept {
  return formatOf(head).has_value();
}

PictureHeader readPictureHeader(std::span<const std::byte> bytes, const std::string& subject) {
  return HeaderReader(bytes, subject).read();
}

int exifOrientation(std::span<const std::byte> exif) noexcept {
  const std::string_view text = asText(exif);
  if (!text.starts_with("II*\0"sv) && !text.starts_with("MM\0*"sv)) return 1;
  const FieldReader in(exif, text[0] == 'M');
  const auto directory = in.u32(4);
  const auto count = directory ? in.u16(*directory) : std::nullopt;
  for (std::uint64_t i = 0; count && i < *count; ++i) {
    const std::uint64_t at = *directory + 2 + 12 * i;
    const auto tag = in.u16(at);
    if (!tag) return 1;
    if (*tag != 0x0112) continue;
    const auto value = in.u16(at + 8);
    return value && *value >= 1 && *value <= 8 ? static_cast<int>(*value) : 1;
  }
  return 1;
}

}  // namespace unitscope
