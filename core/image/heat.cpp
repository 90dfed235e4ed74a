#include "image/heat.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "image/resample.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr Rgb kNoNumber = {128, 128, 128};

bool isSound(const HeatMap& map) {
  return map.width > 0 && map.height > 0 &&
         map.values.size() == static_cast<std::size_t>(map.width) * static_cast<std::size_t>(map.height);
}

void check(const HeatMap& map) {
  if (!isSound(map)) throw Error("heat map", "it is empty");
}

/// Colour of a value; the range is not empty.
class Painter {
 public:
  Painter(const HeatPaint& paint, const HeatRange& range)
      : table_(colorTable(paint.colors)),
        absolute_(paint.absolute),
        low_(range.low),
        scale_(range.high > range.low ? 1.0 / (range.high - range.low) : 1.0) {}

  Rgb operator()(float value) const {
    if (std::isnan(value)) return kNoNumber;
    const double shown = absolute_ ? std::abs(static_cast<double>(value)) : static_cast<double>(value);
    return colorAt(table_, (shown - low_) * scale_);
  }

 private:
  const ColorTable& table_;
  bool absolute_;
  double low_;
  double scale_;
};

Image blank(int width, int height) {
  Image image;
  image.width = width;
  image.height = height;
  image.channels = 3;
  image.pixels.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
  return image;
}

}  // namespace

HeatMap collapseChannels(std::span<const float> values, std::int64_t channels, std::int64_t height, std::int64_t width,
                         bool absolute) {
  const bool fits = channels > 0 && height > 0 && width > 0 && width <= kMaxImagePixels / height &&
                    values.size() % static_cast<std::size_t>(width * height) == 0 &&
                    values.size() / static_cast<std::size_t>(width * height) == static_cast<std::size_t>(channels);
  if (!fits) throw Error("heat map", "its values do not have the shape that it claims");
  HeatMap map;
  map.width = static_cast<int>(width);
  map.height = static_cast<int>(height);
  const auto size = static_cast<std::size_t>(width * height);
  map.values.resize(size);
  for (std::size_t i = 0; i < size; ++i) {
    double sum = 0.0;
    for (std::size_t c = 0; c < static_cast<std::size_t>(channels); ++c) {
      const auto value = static_cast<double>(values[c * size + i]);
      sum = !absolute ? sum + value : std::isnan(value) || std::abs(value) > sum ? std::abs(value) : sum;
    }
    map.values[i] = static_cast<float>(sum);
  }
  return map;
}

HeatRange heatRange(std::span<const float> values, const HeatPaint& paint) {
  HeatRange range = paint.fixed;
  const bool symmetric = paint.range == HeatPaint::Range::Symmetric;
  if (paint.range != HeatPaint::Range::Fixed) {
    std::vector<float> known;
    known.reserve(values.size());
    for (const float value : values)
      if (std::isfinite(value)) known.push_back(symmetric || paint.absolute ? std::abs(value) : value);
    range = {0.0, 0.0};
    if (!known.empty()) {
      // Magnitudes lose their largest values only; values with a sign lose half at either end.
      const double fraction = std::clamp(paint.outliers, 0.0, 0.5);
      const auto rank = [&](double part) {
        const auto at = static_cast<std::ptrdiff_t>(std::lround(part * (static_cast<double>(known.size()) - 1.0)));
        std::nth_element(known.begin(), known.begin() + at, known.end());
        return static_cast<double>(known[static_cast<std::size_t>(at)]);
      };
      if (symmetric) {
        range.high = rank(1.0 - fraction);
        range.low = paint.absolute ? 0.0 : -range.high;
      } else {
        range.high = rank(1.0 - fraction / 2.0);
        range.low = rank(fraction / 2.0);
      }
    }
  }
  if (!(range.high > range.low)) {
    // One value everywhere: zero stays in the middle of a symmetric range, anything else at the low end.
    if (symmetric && !paint.absolute) return {-1.0, 1.0};
    return {range.low, range.low + 1.0};
  }
  return range;
}

Image paintHeat(const HeatMap& map, const HeatPaint& paint, const HeatRange& range) {
  check(map);
  const Painter painter(paint, range);
  Image image = blank(map.width, map.height);
  std::uint8_t* out = image.pixels.data();
  for (const float value : map.values) {
    const Rgb color = painter(value);
    *out++ = color.r;
    *out++ = color.g;
    *out++ = color.b;
  }
  return image;
}

Image paintHeat(const HeatMap& map, const HeatPaint& paint) {
  return paintHeat(map, paint, heatRange(map.values, paint));
}

Image overlayHeat(const Image& picture, const HeatMap& map, const HeatPaint& paint, const HeatRange& range) {
  check(map);
  const auto channels = static_cast<std::size_t>(std::max(picture.channels, 0));
  if (picture.width < 1 || picture.height < 1 || channels == 0 ||
      picture.pixels.size() !=
          static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height) * channels)
    throw Error("picture", "it is empty");
  HeatMap resized = map;
  // Magnitudes are taken first: between +1 and -1 a place would otherwise look as if nothing were there.
  if (paint.absolute)
    for (float& value : resized.values) value = std::abs(value);
  resized.values = resizeFloats(resized.values, map.width, map.height, picture.width, picture.height);
  resized.width = picture.width;
  resized.height = picture.height;
  Image image = paintHeat(resized, paint, range);
  const double opacity = std::clamp(paint.opacity, 0.0, 1.0);
  const auto heat = static_cast<unsigned>(std::lround(opacity * 256.0));
  std::uint8_t* out = image.pixels.data();
  const std::uint8_t* in = picture.pixels.data();
  for (std::size_t i = 0; i < resized.values.size(); ++i, in += channels)
    for (std::size_t c = 0; c < 3; ++c, ++out)
      *out = static_cast<std::uint8_t>((*out * heat + in[channels >= 3 ? c : 0] * (256U - heat) + 128U) >> 8U);
  return image;
}

Image overlayHeat(const Image& picture, const HeatMap& map, const HeatPaint& paint) {
  return overlayHeat(picture, map, paint, heatRange(map.values, paint));
}

Image legendStrip(const HeatPaint& paint, int width, int height) {
  if (width < 1 || height < 1 || width > kMaxImagePixels / height) throw Error("legend", "it has no size");
  const ColorTable& table = colorTable(paint.colors);
  const bool upright = height > width;
  Image image = blank(width, height);
  std::uint8_t* out = image.pixels.data();
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const int steps = (upright ? height : width) - 1;
      const int step = upright ? steps - y : x;
      const Rgb color = colorAt(table, steps > 0 ? static_cast<double>(step) / steps : 0.0);
      *out++ = color.r;
      *out++ = color.g;
      *out++ = color.b;
    }
  return image;
}

}  // namespace unitscope
