#include "app/weights/kernel_picture.h"

#include <algorithm>
#include <cmath>

#include "image/color_map.h"

namespace unitscope {

namespace {

constexpr int kGap = 2;

int grey(float value) {
  return std::clamp(static_cast<int>(std::lround(127.5f * (value + 1.0f))), 0, 255);
}

QRgb colourOf(const KernelTiles& kernels, const std::vector<float>& tile, std::int64_t place) {
  if (kernels.colour) {
    const float* rgb = tile.data() + place * 3;
    return qRgb(grey(rgb[0]), grey(rgb[1]), grey(rgb[2]));
  }
  const Rgb c = colorAt(colorTable(ColorMap::Diverging), 0.5 * (tile[static_cast<std::size_t>(place)] + 1.0));
  return qRgb(c.r, c.g, c.b);
}

}  // namespace

QImage kernelPicture(const KernelTiles& kernels, int columns, int pixels) {
  if (kernels.tiles.empty() || columns < 1 || pixels < 1) return {};
  const int count = static_cast<int>(kernels.tiles.size());
  columns = std::min(columns, count);
  const int rows = (count + columns - 1) / columns;
  const int tileWidth = static_cast<int>(kernels.columns) * pixels;
  const int tileHeight = static_cast<int>(kernels.rows) * pixels;
  QImage picture(columns * (tileWidth + kGap) - kGap, rows * (tileHeight + kGap) - kGap, QImage::Format_ARGB32);
  picture.fill(Qt::transparent);
  for (int i = 0; i < count; ++i) {
    const int left = i % columns * (tileWidth + kGap);
    const int top = i / columns * (tileHeight + kGap);
    for (int y = 0; y < tileHeight; ++y) {
      auto* line = reinterpret_cast<QRgb*>(picture.scanLine(top + y)) + left;
      for (int x = 0; x < tileWidth; ++x) {
        const std::int64_t place = y / pixels * kernels.columns + x / pixels;
        line[x] = colourOf(kernels, kernels.tiles[static_cast<std::size_t>(i)], place);
      }
    }
  }
  return picture;
}

}  // namespace unitscope
