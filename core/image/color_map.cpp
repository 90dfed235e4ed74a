#include "image/color_map.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "image/color_tables.h"

namespace unitscope {
namespace {

using Triple = std::array<double, 3>;

// CIE D65 and the sRGB primaries (IEC 61966-2-1).
constexpr Triple kWhite = {0.95047, 1.0, 1.08883};

double linear(double channel) {
  return channel > 0.04045 ? std::pow((channel + 0.055) / 1.055, 2.4) : channel / 12.92;
}
double gamma(double channel) {
  return channel > 0.0031308 ? 1.055 * std::pow(channel, 1.0 / 2.4) - 0.055 : 12.92 * channel;
}

Triple toLab(Rgb color) {
  const double r = linear(color.r / 255.0);
  const double g = linear(color.g / 255.0);
  const double b = linear(color.b / 255.0);
  const Triple xyz = {0.4124 * r + 0.3576 * g + 0.1805 * b, 0.2126 * r + 0.7152 * g + 0.0722 * b,
                      0.0193 * r + 0.1192 * g + 0.9505 * b};
  const auto f = [](double t) { return t > 0.008856 ? std::cbrt(t) : 7.787 * t + 16.0 / 116.0; };
  const double x = f(xyz[0] / kWhite[0]);
  const double y = f(xyz[1] / kWhite[1]);
  const double z = f(xyz[2] / kWhite[2]);
  return {116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)};
}

Rgb fromLab(const Triple& lab) {
  const double y = (lab[0] + 16.0) / 116.0;
  const auto f = [](double t) { return t * t * t > 0.008856 ? t * t * t : (t - 16.0 / 116.0) / 7.787; };
  const double X = f(y + lab[1] / 500.0) * kWhite[0];
  const double Y = f(y) * kWhite[1];
  const double Z = f(y - lab[2] / 200.0) * kWhite[2];
  const auto byte = [](double channel) {
    return static_cast<std::uint8_t>(std::lround(std::clamp(gamma(channel), 0.0, 1.0) * 255.0));
  };
  return {byte(3.2406 * X - 1.5372 * Y - 0.4986 * Z), byte(-0.9689 * X + 1.8758 * Y + 0.0415 * Z),
          byte(0.0557 * X - 0.2040 * Y + 1.0570 * Z)};
}

/// Moreland's polar form of CIELAB: magnitude, saturation angle, hue angle.
Triple toMsh(Rgb color) {
  const Triple lab = toLab(color);
  const double m = std::hypot(lab[0], lab[1], lab[2]);
  return {m, std::acos(lab[0] / m), std::atan2(lab[2], lab[1])};
}
Rgb fromMsh(const Triple& msh) {
  return fromLab({msh[0] * std::cos(msh[1]), msh[0] * std::sin(msh[1]) * std::cos(msh[2]),
                  msh[0] * std::sin(msh[1]) * std::sin(msh[2])});
}

/// The hue from which an unsaturated colour fades into a saturated one evenly.
double fadingHue(const Triple& saturated, double magnitude) {
  if (saturated[0] >= magnitude) return saturated[2];
  const double spin = saturated[1] * std::sqrt(magnitude * magnitude - saturated[0] * saturated[0]) /
                      (saturated[0] * std::sin(saturated[1]));
  return saturated[2] > -std::numbers::pi / 3.0 ? saturated[2] + spin : saturated[2] - spin;
}

/// Two halves, each from one end to a light grey in the middle.
ColorTable makeDiverging() {
  const Triple low = toMsh({59, 76, 192});
  const Triple high = toMsh({180, 4, 38});
  const double middle = std::max({low[0], high[0], 88.0});
  ColorTable table;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const double position = static_cast<double>(i) / (static_cast<double>(table.size()) - 1.0);
    const Triple& end = position < 0.5 ? low : high;
    const double t = std::abs(2.0 * position - 1.0);  // 0 in the middle, 1 at the end
    const double hue = fadingHue(end, middle);
    table[i] = fromMsh({middle + (end[0] - middle) * t, end[1] * t, hue + (end[2] - hue) * t});
  }
  return table;
}

ColorTable unpack(const std::array<std::uint32_t, 256>& packed) {
  ColorTable table;
  std::transform(packed.begin(), packed.end(), table.begin(), [](std::uint32_t color) {
    return Rgb{static_cast<std::uint8_t>(color >> 16U), static_cast<std::uint8_t>(color >> 8U),
               static_cast<std::uint8_t>(color)};
  });
  return table;
}

}  // namespace

const std::vector<ColorMap>& allColorMaps() {
  static const std::vector<ColorMap> maps = {ColorMap::Diverging, ColorMap::Viridis, ColorMap::Magma};
  return maps;
}

std::string_view idOf(ColorMap map) noexcept {
  switch (map) {
    case ColorMap::Viridis: return "viridis";
    case ColorMap::Magma: return "magma";
    case ColorMap::Diverging: break;
  }
  return "diverging";
}

std::optional<ColorMap> colorMapFromId(std::string_view id) noexcept {
  for (const ColorMap map : {ColorMap::Viridis, ColorMap::Magma, ColorMap::Diverging})
    if (idOf(map) == id) return map;
  return std::nullopt;
}

const ColorTable& colorTable(ColorMap map) {
  static const ColorTable viridis = unpack(kViridis);
  static const ColorTable magma = unpack(kMagma);
  static const ColorTable diverging = makeDiverging();
  switch (map) {
    case ColorMap::Viridis: return viridis;
    case ColorMap::Magma: return magma;
    case ColorMap::Diverging: break;
  }
  return diverging;
}

Rgb colorAt(const ColorTable& table, double position) noexcept {
  if (!(position > 0.0)) return table.front();
  if (position >= 1.0) return table.back();
  return table[static_cast<std::size_t>(std::lround(position * 255.0))];
}

}  // namespace unitscope
