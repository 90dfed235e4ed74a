#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "image/color_map.h"
#include "image/image.h"

namespace unitscope {

/// At most 256 colours that stand for those of pictures.
class ColourPalette {
 public:
  /// All colours where there are no more than 256, else chosen by splitting, again and again, the group of colours
  /// with the largest squared error where that reduces it most (median cut of Heckbert 1982 with the variance of Wu
  /// 1991 as its measure). Pictures are grey or RGB.
  explicit ColourPalette(const std::vector<Image>& pictures);

  const std::vector<Rgb>& colours() const noexcept { return colours_; }
  bool exact() const noexcept { return exact_; }
  /// The picture as indices into the colours, row-major. With `dither` errors are passed on to neighbours (Floyd &
  /// Steinberg 1976) unless the palette is exact.
  std::vector<std::uint8_t> indicesOf(const Image& picture, bool dither);

 private:
  std::uint8_t nearest(int r, int g, int b);

  std::vector<Rgb> colours_;
  bool exact_ = false;
  std::unordered_map<std::uint32_t, std::uint8_t> known_;  ///< of exact palettes: index of each colour
  std::vector<std::int16_t> cells_;                        ///< nearest colour of cells of 4 x 4 x 4; -1: not looked up
};

}  // namespace unitscope
