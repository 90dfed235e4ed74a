#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace unitscope {

struct Rgb {
  std::uint8_t r = 0;
  std::uint8_t g = 0;
  std::uint8_t b = 0;
  bool operator==(const Rgb&) const = default;
};

/// Perceptually even colour maps only. Viridis and magma (S. van der Walt, N. Smith, 2015, public domain by CC0) run
/// from dark to light; Diverging is K. Moreland's blue to red by way of grey ("Diverging Color Maps for Scientific
/// Visualization", ISVC 2009), for maps with a sign.
enum class ColorMap { Viridis, Magma, Diverging };

/// All of them, in the order in which they are offered.
const std::vector<ColorMap>& allColorMaps();
/// "viridis", "magma", "diverging": for settings and the command line.
std::string_view idOf(ColorMap map) noexcept;
std::optional<ColorMap> colorMapFromId(std::string_view id) noexcept;

/// 256 colours from the low end to the high end.
using ColorTable = std::array<Rgb, 256>;
const ColorTable& colorTable(ColorMap map);
/// The colour at `position` in [0,1] (beyond it: the nearest end; NaN: the low end).
Rgb colorAt(const ColorTable& table, double position) noexcept;

}  // namespace unitscope
