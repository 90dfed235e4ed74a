#include "image/contact_sheet.h"

#include <algorithm>
#include <cmath>

#include "image/resample.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

void place(const Image& picture, int left, int top, Image& sheet) {
  const auto channels = static_cast<std::size_t>(picture.channels);
  for (int y = 0; y < picture.height; ++y) {
    const std::uint8_t* in =
        picture.pixels.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.width) * channels;
    std::uint8_t* out =
        sheet.pixels.data() +
        (static_cast<std::size_t>(top + y) * static_cast<std::size_t>(sheet.width) + static_cast<std::size_t>(left)) *
            3;
    for (int x = 0; x < picture.width; ++x, in += channels)
      for (std::size_t c = 0; c < 3; ++c) *out++ = in[channels >= 3 ? c : 0];
  }
}

}  // namespace

Image contactSheet(std::span<const Image> pictures, const SheetLayout& layout) {
  if (pictures.empty()) throw Error("contact sheet", "there is no picture to show");
  if (layout.cellWidth < 1 || layout.cellHeight < 1 || layout.gap < 0)
    throw Error("contact sheet", "its cells have no size");
  const auto count = static_cast<std::int64_t>(pictures.size());
  const std::int64_t columns = std::clamp<std::int64_t>(
      layout.columns > 0 ? layout.columns : std::llround(std::ceil(std::sqrt(static_cast<double>(count)))), 1, count);
  const std::int64_t rows = (count + columns - 1) / columns;
  const std::int64_t stepX = std::int64_t{layout.cellWidth} + layout.gap;
  const std::int64_t stepY = std::int64_t{layout.cellHeight} + layout.gap;
  const std::int64_t width = columns * stepX + layout.gap;
  const std::int64_t height = rows * stepY + layout.gap;
  if (width > kMaxImagePixels / height) throw Error("contact sheet", "it would be too large; show fewer pictures");

  Image sheet;
  sheet.width = static_cast<int>(width);
  sheet.height = static_cast<int>(height);
  sheet.channels = 3;
  sheet.pixels.resize(static_cast<std::size_t>(width * height) * 3);
  for (std::size_t i = 0; i < sheet.pixels.size(); i += 3) {
    sheet.pixels[i] = layout.background.r;
    sheet.pixels[i + 1] = layout.background.g;
    sheet.pixels[i + 2] = layout.background.b;
  }
  for (std::int64_t i = 0; i < count; ++i) {
    const Image& picture = pictures[static_cast<std::size_t>(i)];
    if (picture.empty()) continue;
    const ImageSize size = fitInto({picture.width, picture.height}, {layout.cellWidth, layout.cellHeight});
    const Image fitted = resizeImage(picture, size.width, size.height);
    const auto left = static_cast<int>(layout.gap + i % columns * stepX) + (layout.cellWidth - size.width) / 2;
    const auto top = static_cast<int>(layout.gap + i / columns * stepY) + (layout.cellHeight - size.height) / 2;
    place(fitted, left, top, sheet);
  }
  return sheet;
}

}  // namespace unitscope
