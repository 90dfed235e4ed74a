#include "image/brush.h"

#include <algorithm>
#include <cmath>

#include "runtime/error.h"

namespace unitscope {
namespace {

/// Distance of a point from the line between two others.
double distanceTo(double x, double y, const PixelPoint& a, const PixelPoint& b) {
  const double dx = b.x - a.x;
  const double dy = b.y - a.y;
  const double length = dx * dx + dy * dy;
  const double t = length > 0.0 ? std::clamp(((x - a.x) * dx + (y - a.y) * dy) / length, 0.0, 1.0) : 0.0;
  return std::hypot(x - a.x - t * dx, y - a.y - t * dy);
}

}  // namespace

StrokeMask::StrokeMask(int width, int height) : width_(width), height_(height) {
  if (width < 1 || height < 1) throw Error("picture", "it is empty");
  values_.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
}

PixelBox StrokeMask::extend(PixelPoint from, PixelPoint to, const BrushTip& tip) {
  if (!std::isfinite(from.x + from.y + to.x + to.y) || !(tip.radius > 0.0)) return {};
  // Half a pixel on either side of the edge, so that a hard brush has no steps.
  const double outer = tip.radius + 0.5;
  const double inner = std::min(tip.radius * (1.0 - std::clamp(tip.softness, 0.0, 1.0)), tip.radius - 0.5);
  const auto within = [](double value, int size) { return static_cast<int>(std::clamp(value, 0.0, double(size))); };
  const PixelBox box{within(std::floor(std::min(from.x, to.x) - outer), width_),
                     within(std::floor(std::min(from.y, to.y) - outer), height_),
                     within(std::ceil(std::max(from.x, to.x) + outer), width_),
                     within(std::ceil(std::max(from.y, to.y) + outer), height_)};
  for (int y = box.top; y < box.bottom; ++y) {
    std::uint8_t* row = values_.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width_);
    for (int x = box.left; x < box.right; ++x) {
      const double distance = distanceTo(x + 0.5, y + 0.5, from, to);
      if (distance >= outer) continue;
      const double t = distance <= inner ? 1.0 : (outer - distance) / (outer - inner);
      const auto cover = static_cast<std::uint8_t>(std::lround(255.0 * t * t * (3.0 - 2.0 * t)));
      row[x] = std::max(row[x], cover);
    }
  }
  return box;
}

bool StrokeMask::coversAnything() const noexcept {
  return std::any_of(values_.begin(), values_.end(), [](std::uint8_t value) { return value > 0; });
}

void blendByMask(Image& onto, const Image& before, const Image& content, const StrokeMask& mask, const PixelBox& box) {
  for (const Image* image : {const_cast<const Image*>(&onto), &before, &content}) {
    if (image->width != mask.width() || image->height != mask.height() || image->channels != before.channels ||
        image->pixels.size() != before.pixels.size())
      throw Error("brush", "the pictures and the stroke are not of one size");
  }
  const auto channels = static_cast<std::size_t>(before.channels);
  for (int y = std::max(box.top, 0); y < std::min(box.bottom, mask.height()); ++y) {
    for (int x = std::max(box.left, 0); x < std::min(box.right, mask.width()); ++x) {
      const std::size_t at =
          static_cast<std::size_t>(y) * static_cast<std::size_t>(mask.width()) + static_cast<std::size_t>(x);
      const int cover = mask.values()[at];
      for (std::size_t i = at * channels; i < (at + 1) * channels; ++i)
        onto.pixels[i] =
            static_cast<std::uint8_t>((content.pixels[i] * cover + before.pixels[i] * (255 - cover) + 127) / 255);
    }
  }
}

}  // namespace unitscope
