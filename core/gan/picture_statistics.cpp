#include "gan/picture_statistics.h"

#include <algorithm>
#include <cstdint>

#include "dissection/colors.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

using Kind = PictureAttribute::Kind;
using Band = PictureAttribute::Band;

/// ITU-R BT.601.
constexpr double kRed = 0.299, kGreen = 0.587, kBlue = 0.114;
constexpr double kBrightest = 255.0;

at::Tensor meanOf(const at::Tensor& places) {
  return places.flatten(1).mean(1);
}

at::Tensor lumaOf(const at::Tensor& rgb) {
  return kRed * rgb.select(1, 0) + kGreen * rgb.select(1, 1) + kBlue * rgb.select(1, 2);
}

at::Tensor saturationOf(const at::Tensor& rgb) {
  const at::Tensor high = rgb.amax(1), low = rgb.amin(1);
  // Black has none.
  return (high - low) / high.clamp_min(1.0 / kBrightest);
}

at::Tensor colorShare(const at::Tensor& rgb, const std::string& name) {
  const auto& names = basicColorNames();
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) throw Error("color:" + name, "is none of the eleven basic colours");
  const auto wanted = static_cast<std::uint16_t>(found - names.begin());
  const at::Tensor bytes = (rgb * kBrightest).round().to(at::kByte).permute({0, 2, 3, 1}).contiguous();
  const std::int64_t places = bytes.size(1) * bytes.size(2);
  at::Tensor shares = at::empty({bytes.size(0)}, at::kFloat);
  const std::uint8_t* pixel = bytes.data_ptr<std::uint8_t>();
  for (std::int64_t i = 0; i < bytes.size(0); ++i) {
    std::int64_t hits = 0;
    for (std::int64_t k = 0; k < places; ++k, pixel += 3)
      if (basicColorOf(pixel[0], pixel[1], pixel[2]) == wanted) ++hits;
    shares[i] = static_cast<double>(hits) / static_cast<double>(places);
  }
  return shares;
}

}  // namespace

at::Tensor bandOf(const at::Tensor& pictures, Band band) {
  if (band == Band::Whole) return pictures;
  const std::int64_t height = pictures.size(-2), third = band == Band::Top ? 0 : band == Band::Middle ? 1 : 2;
  const std::int64_t from = std::min(height * third / 3, height - 1);
  return pictures.narrow(-2, from, std::max<std::int64_t>(height * (third + 1) / 3 - from, 1));
}

at::Tensor statisticOf(const at::Tensor& pictures, const PictureAttribute& attribute) {
  at::Tensor rgb = bandOf(pictures, attribute.band).to(at::kCPU, at::kFloat).clamp(0.0, 1.0);
  if (rgb.size(1) == 1) rgb = rgb.expand({-1, 3, -1, -1});
  switch (attribute.kind) {
    case Kind::ColorArea: return colorShare(rgb, attribute.name);
    case Kind::Brightness: return meanOf(lumaOf(rgb));
    case Kind::Contrast: return lumaOf(rgb).flatten(1).std(1, false);
    case Kind::Saturation: return meanOf(saturationOf(rgb));
    case Kind::Warmth: return meanOf(rgb.select(1, 0) - rgb.select(1, 2));
    default: throw Error(textOf(attribute), "is no statistic of the pixels");
  }
}

}  // namespace unitscope
