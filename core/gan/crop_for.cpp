#include <algorithm>
#include <cmath>

#include "gan/inversion.h"
#include "image/resample.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr int kOpaque = 255;

/// Grey or RGB as the generator's pictures are; what is see-through lies over white.
Image withChannels(const Image& picture, int channels) {
  const auto pixels = static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height);
  const auto from = static_cast<std::size_t>(picture.channels), to = static_cast<std::size_t>(channels);
  Image result{picture.width, picture.height, channels, std::vector<std::uint8_t>(pixels * to)};
  for (std::size_t i = 0; i < pixels; ++i) {
    const std::uint8_t* p = picture.pixels.data() + i * from;
    int rgb[3] = {p[0], from >= 3 ? p[1] : p[0], from >= 3 ? p[2] : p[0]};
    if (from == 4)
      for (int& value : rgb) value = (value * p[3] + kOpaque * (kOpaque - p[3]) + kOpaque / 2) / kOpaque;
    if (to == 1)
      // Brightness of Rec. 601.
      result.pixels[i] = static_cast<std::uint8_t>(std::lround(0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]));
    else
      for (std::size_t c = 0; c < to; ++c) result.pixels[i * to + c] = static_cast<std::uint8_t>(rgb[c]);
  }
  return result;
}

Image cut(const Image& picture, int left, int top, int width, int height) {
  const auto channels = static_cast<std::size_t>(picture.channels);
  Image result{width, height, picture.channels, {}};
  for (int y = top; y < top + height; ++y) {
    const auto from =
        picture.pixels.begin() +
        static_cast<std::ptrdiff_t>(
            (static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.width) + static_cast<std::size_t>(left)) *
            channels);
    result.pixels.insert(result.pixels.end(), from,
                         from + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(width) * channels));
  }
  return result;
}

}  // namespace

Image cropFor(const Image& picture, const Generator& generator, const CropChoice& choice) {
  const bool whole = picture.width > 0 && picture.height > 0 &&
                     (picture.channels == 1 || picture.channels == 3 || picture.channels == 4) &&
                     picture.pixels.size() == static_cast<std::size_t>(picture.width) *
                                                  static_cast<std::size_t>(picture.height) *
                                                  static_cast<std::size_t>(picture.channels);
  if (!whole) throw Error("picture", "is empty, or neither grey nor in colours");
  if (!(choice.size > 0.0 && choice.size <= 1.0) || !std::isfinite(choice.x) || !std::isfinite(choice.y))
    throw Error("crop", "must be above 0 and at most 1 of the picture");
  const Shape& shape = generator.plan().imageShape;
  const int channels = static_cast<int>(shape[0]), height = static_cast<int>(shape[1]),
            width = static_cast<int>(shape[2]);
  if (channels != 1 && channels != 3)
    throw Error(generator.plan().image, "the generator's pictures are neither grey nor in colours");

  const double scale =
      choice.size * std::min(static_cast<double>(picture.width) / width, static_cast<double>(picture.height) / height);
  const int boxWidth = std::clamp(static_cast<int>(std::lround(scale * width)), 1, picture.width);
  const int boxHeight = std::clamp(static_cast<int>(std::lround(scale * height)), 1, picture.height);
  const auto start = [](double middle, int box, int all) {
    const double share = std::clamp(middle, 0.0, 1.0);
    return std::clamp(static_cast<int>(std::lround(share * all - box / 2.0)), 0, all - box);
  };
  Image box = withChannels(cut(picture, start(choice.x, boxWidth, picture.width),
                               start(choice.y, boxHeight, picture.height), boxWidth, boxHeight),
                           channels);
  return box.width == width && box.height == height ? box : resizeImage(box, width, height);
}

}  // namespace unitscope
