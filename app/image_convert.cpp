#include "app/image_convert.h"

#include <cstring>

#include <QPainter>

namespace unitscope {

QImage toQImage(const Image& image) {
  if (image.empty()) return {};
  const QImage::Format format = image.channels == 1   ? QImage::Format_Grayscale8
                                : image.channels == 3 ? QImage::Format_RGB888
                                                      : QImage::Format_RGBA8888;
  QImage copy(image.width, image.height, format);
  if (copy.isNull()) return {};
  const std::size_t row = static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.channels);
  for (int y = 0; y < image.height; ++y) {
    std::memcpy(copy.scanLine(y), image.pixels.data() + static_cast<std::size_t>(y) * row, row);
  }
  return copy;
}

Image fromQImage(const QImage& image) {
  Image result;
  if (image.isNull()) return result;
  QImage rgb(image.size(), QImage::Format_RGB888);
  rgb.fill(Qt::white);
  QPainter painter(&rgb);
  painter.drawImage(0, 0, image);
  painter.end();
  result.width = rgb.width();
  result.height = rgb.height();
  result.channels = 3;
  const std::size_t row = static_cast<std::size_t>(rgb.width()) * 3;
  result.pixels.resize(row * static_cast<std::size_t>(rgb.height()));
  for (int y = 0; y < rgb.height(); ++y) {
    std::memcpy(result.pixels.data() + static_cast<std::size_t>(y) * row, rgb.constScanLine(y), row);
  }
  return result;
}

}  // namespace unitscope
