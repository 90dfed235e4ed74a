#include "dissection/colors.h"

#include <algorithm>

namespace unitscope {
namespace {

enum Color : std::uint16_t { Black, White, Grey, Red, Orange, Yellow, Green, Blue, Purple, Pink, Brown };

constexpr double kBlackBelow = 0.2, kGreyBelow = 0.15, kWhiteFrom = 0.85, kBrownBelow = 0.65, kPaleBelow = 0.5;

/// Degrees, 0..360.
double hueOf(int red, int green, int blue, int high, int low) {
  const double range = high - low;
  double sixths = 0.0;
  if (high == red)
    sixths = (green - blue) / range;
  else if (high == green)
    sixths = 2.0 + (blue - red) / range;
  else
    sixths = 4.0 + (red - green) / range;
  return sixths < 0.0 ? 60.0 * (sixths + 6.0) : 60.0 * sixths;
}

}  // namespace

const std::array<std::string_view, kBasicColors>& basicColorNames() {
  static constexpr std::array<std::string_view, kBasicColors> names{
      "black", "white", "grey", "red", "orange", "yellow", "green", "blue", "purple", "pink", "brown"};
  return names;
}

std::uint16_t basicColorOf(std::uint8_t red, std::uint8_t green, std::uint8_t blue) {
  const int high = std::max({red, green, blue}), low = std::min({red, green, blue});
  const double value = high / 255.0;
  if (value < kBlackBelow) return Black;
  const double saturation = static_cast<double>(high - low) / high;
  if (saturation < kGreyBelow) return value >= kWhiteFrom ? White : Grey;
  const double hue = hueOf(red, green, blue, high, low);
  if (hue < 15.0 || hue >= 345.0) return saturation < kPaleBelow && value >= kBrownBelow ? Pink : Red;
  if (hue < 45.0) return value < kBrownBelow ? Brown : Orange;
  if (hue < 70.0) return Yellow;
  if (hue < 165.0) return Green;
  if (hue < 255.0) return Blue;
  return hue < 290.0 ? Purple : Pink;
}

}  // namespace unitscope
