#pragma once

#include <span>
#include <vector>

#include "image/image.h"

namespace unitscope {

/// The picture in another size, with the antialiasing bilinear filter that Pillow and torchvision use, in the same
/// order (rows first) and fixed-point arithmetic, so that pixels agree with theirs exactly. Enlarging is plain
/// bilinear interpolation between pixel centres. Throws Error for an empty picture and for sizes below 1 or beyond
/// kMaxImagePixels.
Image resizeImage(const Image& image, int width, int height);

/// The same for a row-major [fromHeight, fromWidth] map of numbers. Throws Error when `values` has another size.
std::vector<float> resizeFloats(std::span<const float> values, int fromWidth, int fromHeight, int width, int height);

/// The size of a picture with these sides when it must fit into a box, its proportions kept (each side at least 1).
struct ImageSize {
  int width = 0;
  int height = 0;
};
ImageSize fitInto(ImageSize size, ImageSize box);

}  // namespace unitscope
