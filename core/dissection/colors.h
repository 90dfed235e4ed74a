#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace unitscope {

inline constexpr int kBasicColors = 11;

/// "black", "white", "grey", "red"...: the eleven basic colour terms (Berlin & Kay 1969).
const std::array<std::string_view, kBasicColors>& basicColorNames();

/// Index of the colour term that describes a pixel best. Told by hue, saturation and value: below a value of 0.2 all is
/// black, below a saturation of 0.15 grey (white from a value of 0.85 on); dark orange is brown, pale red pink.
std::uint16_t basicColorOf(std::uint8_t red, std::uint8_t green, std::uint8_t blue);

}  // namespace unitscope
