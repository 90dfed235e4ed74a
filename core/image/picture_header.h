#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace unitscope {

/// What a picture file says of itself before anything is decoded.
struct PictureHeader {
  enum class Format { Png, Jpeg, WebP, Bmp, Tiff, Pnm };
  Format format = Format::Png;
  std::int64_t width = 0;
  std::int64_t height = 0;
  /// EXIF orientation, 1 (upright) to 8; 1 where the file has none. TIFF is left at 1, since its decoder turns it.
  int orientation = 1;
};

/// Whether these are the first bytes of a picture that can be decoded here.
bool looksLikePicture(std::string_view head) noexcept;

/// Reads the header of a PNG, JPEG, WebP, BMP, TIFF or PNM file. Throws Error with `subject` for other formats, for
/// sizes beyond kMaxImagePixels, and where the file is far too short for the size that it claims, so that a forged
/// header never makes a decoder allocate.
PictureHeader readPictureHeader(std::span<const std::byte> bytes, const std::string& subject);

/// The orientation in a block of EXIF data (a TIFF header and its first directory), 1 where there is none or the
/// block is damaged.
int exifOrientation(std::span<const std::byte> exif) noexcept;

}  // namespace unitscope
