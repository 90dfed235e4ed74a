#include "features/transforms.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "features/random_stream.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

// Lucid's amounts at 128 pixels.
constexpr double kFirstJitter = 8.0, kSecondJitter = 4.0, kJitterSide = 128.0;
constexpr double kZoom = 0.1;
constexpr int kZoomSteps = 5, kDegrees = 10, kMoreStraight = 5;
constexpr double kGrey = 0.5;

bool isStraight(const TransformDraw& draw) {
  return draw.angle == 0.0 && draw.zoom == 1.0 && draw.x == std::round(draw.x) && draw.y == std::round(draw.y);
}

/// Pixels moved only: cut out and padded, which is exact.
at::Tensor moved(const at::Tensor& pictures, const TransformDraw& draw, std::int64_t height, std::int64_t width) {
  const std::int64_t top = (pictures.size(2) - height) / 2 + std::llround(draw.y);
  const std::int64_t left = (pictures.size(3) - width) / 2 + std::llround(draw.x);
  const std::array<std::int64_t, 4> pad{-left, left + width - pictures.size(3), -top, top + height - pictures.size(2)};
  return at::constant_pad_nd(pictures, pad, kGrey);
}

}  // namespace

TransformRange transformRange(const std::string& name, std::int64_t pixels) {
  TransformRange range;
  if (name == "none") return range;
  const double size = static_cast<double>(pixels) / kJitterSide;
  range.shift = (kFirstJitter + kSecondJitter) * size;
  if (name == "gentle") {
    range.shift = std::max(range.shift / 2.0, 1.0);
    return range;
  }
  if (name != "standard") throw Error("transforms", "'" + name + "' is not one of standard, gentle, none");
  range.zoom = kZoom;
  range.degrees = kDegrees;
  return range;
}

TransformDraw drawTransform(const TransformRange& range, std::int64_t height, std::int64_t width,
                            at::Generator& generator) {
  TransformDraw draw;
  if (range.around) {
    draw.down = uniformInteger(generator, 0, height - 1);
    draw.right = uniformInteger(generator, 0, width - 1);
  }
  if (range.smallest < 1.0) {
    const double share = uniform(generator, range.smallest, std::max(range.largest, range.smallest + 1e-6));
    draw.zoom = 1.0 / share;
    // Anywhere in the picture.
    const double room = (1.0 - share) / 2.0;
    draw.y = uniform(generator, -room, room) * static_cast<double>(height);
    draw.x = uniform(generator, -room, room) * static_cast<double>(width);
  }
  if (range.shift > 0.0) {
    // Two jitters add up to a shift that is likelier to be small than large.
    const double first = kFirstJitter / (kFirstJitter + kSecondJitter) * range.shift;
    const auto jitter = [&](double most) {
      const auto whole = static_cast<std::int64_t>(std::floor(most + 0.5));
      return static_cast<double>(uniformInteger(generator, -whole, whole));
    };
    for (double* const axis : {&draw.x, &draw.y}) *axis = jitter(first) + jitter(range.shift - first);
  }
  if (range.zoom > 0.0)
    draw.zoom *=
        1.0 + range.zoom * static_cast<double>(uniformInteger(generator, -kZoomSteps, kZoomSteps)) / kZoomSteps;
  if (range.degrees > 0) {
    const std::int64_t pick = uniformInteger(generator, -range.degrees, range.degrees + kMoreStraight);
    draw.angle = pick > range.degrees ? 0.0 : static_cast<double>(pick);
  }
  return draw;
}

at::Tensor transformed(const at::Tensor& original, const TransformDraw& draw, std::int64_t height, std::int64_t width,
                       bool fit) {
  const at::Tensor pictures =
      draw.down != 0 || draw.right != 0 ? at::roll(original, {draw.down, draw.right}, {2, 3}) : original;
  const std::int64_t count = pictures.size(0), channels = pictures.size(1);
  const std::int64_t pictureHeight = pictures.size(2), pictureWidth = pictures.size(3);
  const bool even = (pictureHeight - height) % 2 == 0 && (pictureWidth - width) % 2 == 0;
  const bool sameScale = !fit || (pictureHeight == height && pictureWidth == width);
  if (isStraight(draw) && even && sameScale) return moved(pictures, draw, height, width);

  // Of every pixel of the view, where in the picture it looks, in units of half its sides. All pictures share it, so
  // they are taken as channels of one.
  const double radians = draw.angle * std::numbers::pi / 180.0;
  const auto h = static_cast<double>(pictureHeight), w = static_cast<double>(pictureWidth);
  const double viewHeight = (fit ? h : static_cast<double>(height)) / draw.zoom;
  const double viewWidth = (fit ? w : static_cast<double>(width)) / draw.zoom;
  const double cosine = std::cos(radians), sine = std::sin(radians);
  const auto f = [](double value) { return static_cast<float>(value); };
  const at::Tensor theta = at::tensor({f(viewWidth / w * cosine), f(-viewHeight / w * sine), f(2.0 * draw.x / w),  //
                                       f(viewWidth / h * sine), f(viewHeight / h * cosine), f(2.0 * draw.y / h)})
                               .reshape({1, 2, 3})
                               .to(pictures.device());
  // LibTorch's threads share the work by pictures, and each looks up the grid anew: so a few pictures of many channels.
  const std::int64_t parts = count % 4 == 0 ? 4 : count % 2 == 0 ? 2 : 1;
  const std::vector<std::int64_t> one{1, 1, height, width}, all{parts, height, width, 2};
  const at::Tensor grid = at::affine_grid_generator(theta, one, /*align_corners=*/false).expand(all);
  const at::Tensor planes = (pictures - kGrey).reshape({parts, count / parts * channels, pictureHeight, pictureWidth});
  constexpr std::int64_t kBilinear = 0, kZeros = 0;
  const at::Tensor view = at::grid_sampler(planes, grid, kBilinear, kZeros, /*align_corners=*/false);
  return view.reshape({count, channels, height, width}) + kGrey;
}

}  // namespace unitscope
