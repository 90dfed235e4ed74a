#include "image/filters.h"

#include <algorithm>
#include <cmath>

#include "runtime/error.h"

#ifdef UNITSCOPE_HAS_OPENCV
#include <opencv2/imgproc.hpp>
#include <opencv2/photo.hpp>
#endif

namespace unitscope {
namespace {

void check(const Image& image) {
  if (image.width < 1 || image.height < 1 || (image.channels != 1 && image.channels != 3) ||
      image.pixels.size() != static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height) *
                                 static_cast<std::size_t>(image.channels))
    throw Error("picture", "only grey and RGB pictures can be filtered");
}

void checkSigma(double sigma) {
  if (!(sigma > 0.0) || sigma > 10000.0) throw Error("blur", "its width must be above 0");
}

#ifdef UNITSCOPE_HAS_OPENCV

cv::Mat viewOf(const Image& image) {
  return {image.height, image.width, CV_8UC(image.channels), const_cast<std::uint8_t*>(image.pixels.data())};
}

/// Reflection needs a border shorter than the picture.
int kernelSide(int size, double sigma) {
  return 2 * std::min(static_cast<int>(std::lround(3.0 * sigma)), size - 1) + 1;
}

void blur(const cv::Mat& from, cv::Mat& to, double sigma) {
  cv::GaussianBlur(from, to, {kernelSide(from.cols, sigma), kernelSide(from.rows, sigma)}, sigma, sigma,
                   cv::BORDER_REFLECT_101);
}

#else

[[noreturn]] void refuse() {
  throw Error("picture", "this build has no OpenCV, which blurs and inpaints");
}

#endif

}  // namespace

bool hasImageFilters() noexcept {
#ifdef UNITSCOPE_HAS_OPENCV
  return true;
#else
  return false;
#endif
}

double baselineBlur(int width, int height) noexcept {
  return std::max(0.5, 10.0 / 224.0 * std::max(width, height));
}

Image blurImage(const Image& image, double sigma) {
  check(image);
  checkSigma(sigma);
#ifdef UNITSCOPE_HAS_OPENCV
  Image result = image;
  cv::Mat target = viewOf(result);
  blur(viewOf(image), target, sigma);
  return result;
#else
  refuse();
#endif
}

std::vector<float> blurPlanes(std::span<const float> values, int planes, int height, int width, double sigma) {
  checkSigma(sigma);
  const std::size_t plane =
      height > 0 && width > 0 ? static_cast<std::size_t>(height) * static_cast<std::size_t>(width) : 0;
  if (plane == 0 || planes < 1 || values.size() != plane * static_cast<std::size_t>(planes))
    throw Error("blur", "the numbers do not fill the picture");
#ifdef UNITSCOPE_HAS_OPENCV
  std::vector<float> result(values.size());
  for (std::size_t at = 0; at < values.size(); at += plane) {
    const cv::Mat from(height, width, CV_32F, const_cast<float*>(values.data() + at));
    cv::Mat to(height, width, CV_32F, result.data() + at);
    blur(from, to, sigma);
  }
  return result;
#else
  refuse();
#endif
}

Image inpaintImage(const Image& image, std::span<const std::uint8_t> mask, double radius) {
  check(image);
  if (mask.size() * static_cast<std::size_t>(image.channels) != image.pixels.size())
    throw Error("inpainting", "the mask and the picture are not of one size");
  if (!(radius > 0.0) || radius > 1000.0) throw Error("inpainting", "its radius must be above 0");
#ifdef UNITSCOPE_HAS_OPENCV
  Image result = image;
  cv::Mat target = viewOf(result);
  const cv::Mat holes(image.height, image.width, CV_8U, const_cast<std::uint8_t*>(mask.data()));
  cv::inpaint(viewOf(image), holes, target, radius, cv::INPAINT_TELEA);
  return result;
#else
  refuse();
#endif
}

}  // namespace unitscope
