#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace unitscope {

/// 8-bit picture, interleaved, row-major, RGB order; channels is 1 (grey), 3 (RGB) or 4 (RGBA).
struct Image {
  int width = 0;
  int height = 0;
  int channels = 3;
  std::vector<std::uint8_t> pixels;
  bool empty() const noexcept { return pixels.empty(); }
};

/// Largest picture that is decoded, in pixels; larger ones are refused so that a forged header cannot exhaust
/// memory.
inline constexpr std::int64_t kMaxImagePixels = 100'000'000;

/// Decodes PNG, JPEG, WebP, BMP, TIFF... by contents, honouring EXIF orientation; 16-bit and palette pictures come
/// out as 8-bit RGB or grey, alpha is blended over white. Throws Error naming the file (or "picture" for memory).
Image loadImage(const std::filesystem::path& file);
Image decodeImage(std::span<const std::byte> bytes);
/// Writes PNG or JPEG by the name's ending, through a temporary file so that nothing half-written remains.
void saveImage(const Image& image, const std::filesystem::path& file);

}  // namespace unitscope
