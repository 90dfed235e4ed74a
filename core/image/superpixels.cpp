#include "image/superpixels.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "runtime/error.h"

#ifdef UNITSCOPE_HAS_XIMGPROC
#include <opencv2/imgproc.hpp>
#include <opencv2/ximgproc/slic.hpp>
#endif

namespace unitscope {
namespace {

void check(int width, int height, int wanted) {
  if (width < 1 || height < 1) throw Error("superpixels", "the picture is empty");
  if (wanted < 1) throw Error("superpixels", "at least one is needed");
}

}  // namespace

Superpixels gridOfSquares(int width, int height, int wanted) {
  check(width, height, wanted);
  const double side = std::sqrt(static_cast<double>(width) * height / wanted);
  const auto rounded = [](double count, int most) { return std::clamp(static_cast<int>(std::lround(count)), 1, most); };
  // The shorter side first: rounding weighs more there, and the longer one makes up for it.
  const bool wide = width >= height;
  const int fewer = rounded(std::min(width, height) / side, std::min(width, height));
  const int more = rounded(static_cast<double>(wanted) / fewer, std::max(width, height));
  const int rows = wide ? fewer : more;
  const int columns = wide ? more : fewer;
  Superpixels pieces{width, height, std::int64_t{rows} * columns, {}, true};
  pieces.numbers.reserve(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  for (std::int64_t y = 0; y < height; ++y)
    for (std::int64_t x = 0; x < width; ++x)
      pieces.numbers.push_back(y * rows / height * columns + x * columns / width);
  return pieces;
}

#ifdef UNITSCOPE_HAS_XIMGPROC
namespace {

constexpr int kIterations = 10;
// Sizes of regions that are tried before the number of pieces is taken as it is.
constexpr int kTries = 4;

/// CIELAB, slightly smoothed, as OpenCV's manual recommends for SLIC.
cv::Mat coloursOf(const Image& picture) {
  const int type = CV_8UC(picture.channels);
  const cv::Mat wrapped(picture.height, picture.width, type, const_cast<std::uint8_t*>(picture.pixels.data()));
  cv::Mat rgb;
  if (picture.channels == 3)
    wrapped.copyTo(rgb);
  else
    cv::cvtColor(wrapped, rgb, picture.channels == 1 ? cv::COLOR_GRAY2RGB : cv::COLOR_RGBA2RGB);
  cv::GaussianBlur(rgb, rgb, {3, 3}, 0.0);
  cv::Mat lab;
  cv::cvtColor(rgb, lab, cv::COLOR_RGB2Lab);
  return lab;
}

Superpixels slic(const cv::Mat& lab, int region, double compactness) {
  const auto algorithm =
      cv::ximgproc::createSuperpixelSLIC(lab, cv::ximgproc::SLIC, region, static_cast<float>(compactness));
  algorithm->iterate(kIterations);
  algorithm->enforceLabelConnectivity();
  cv::Mat labels;
  algorithm->getLabels(labels);
  Superpixels pieces{lab.cols, lab.rows, algorithm->getNumberOfSuperpixels(), {}, false};
  pieces.numbers.reserve(labels.total());
  for (int y = 0; y < labels.rows; ++y) {
    const auto* row = labels.ptr<int>(y);
    pieces.numbers.insert(pieces.numbers.end(), row, row + labels.cols);
  }
  return pieces;
}

}  // namespace

Superpixels findSuperpixels(const Image& picture, int wanted, double compactness) {
  check(picture.width, picture.height, wanted);
  const double area = static_cast<double>(picture.width) * picture.height;
  int region = static_cast<int>(std::lround(std::sqrt(area / wanted)));
  // SLIC needs regions of some pixels, and at least two along a side.
  const int largest = std::min(picture.width, picture.height) / 2;
  if (region < 2 || region > largest) return gridOfSquares(picture.width, picture.height, wanted);
  try {
    const cv::Mat lab = coloursOf(picture);
    const auto missedBy = [&](const Superpixels& pieces) {
      return std::abs(std::log(static_cast<double>(pieces.count) / wanted));
    };
    Superpixels best = slic(lab, region, compactness);
    const bool tooFew = best.count < wanted;
    // Merging small pieces leaves fewer than asked for, whole numbers of pixels more or fewer: the next sizes may come
    // nearer.
    for (int i = 1; i < kTries && best.count != wanted; ++i) {
      region += tooFew ? -1 : 1;
      if (region < 2 || region > largest) break;
      Superpixels next = slic(lab, region, compactness);
      if (missedBy(next) >= missedBy(best)) break;
      best = std::move(next);
    }
    return best;
  } catch (const cv::Exception& problem) {
    throw Error("superpixels", problem.err);
  }
}
#else
Superpixels findSuperpixels(const Image& picture, int wanted, double) {
  return gridOfSquares(picture.width, picture.height, wanted);
}
#endif

}  // namespace unitscope
