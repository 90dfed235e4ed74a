#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "image/image.h"

namespace unitscope {

/// Whether this build can blur and inpaint pictures (it was built with OpenCV).
bool hasImageFilters() noexcept;

/// Gaussian blur with reflected borders. Throws Error for an empty picture, a sigma that is not above 0, and in a
/// build without OpenCV.
Image blurImage(const Image& image, double sigma);

/// The same for [planes, height, width] numbers. Throws Error also when their count is another.
std::vector<float> blurPlanes(std::span<const float> values, int planes, int height, int width, double sigma);

/// Standard deviation that the attribution methods blur a picture of this size with: 10 pixels at 224 (Fong & Vedaldi
/// 2017, arXiv:1704.03296).
double baselineBlur(int width, int height) noexcept;

/// Fills the places where `mask` ([height, width]) is above 0 from their surroundings (Telea 2004, "An image inpainting
/// technique based on the fast marching method"), looking `radius` pixels around each. Grey or RGB. Throws Error for
/// sizes that do not agree and in a build without OpenCV.
Image inpaintImage(const Image& image, std::span<const std::uint8_t> mask, double radius);

}  // namespace unitscope
