#pragma once

#include <QImage>

#include "image/image.h"

namespace unitscope {

/// A deep copy in Format_RGB888, Grayscale8 or RGBA8888.
QImage toQImage(const Image& image);
/// RGB, transparency blended over white.
Image fromQImage(const QImage& image);

}  // namespace unitscope
