#include "image/heat_overlay.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "runtime/error.h"

#ifdef UNITSCOPE_HAS_OPENCV
#include <opencv2/imgproc.hpp>
#endif

namespace unitscope {

#ifdef UNITSCOPE_HAS_OPENCV
namespace {

cv::Mat rgbOf(const Image& picture) {
  const cv::Mat raw(picture.height, picture.width, CV_8UC(picture.channels),
                    const_cast<std::uint8_t*>(picture.pixels.data()));
  cv::Mat rgb;
  if (picture.channels == 1)
    cv::cvtColor(raw, rgb, cv::COLOR_GRAY2RGB);
  else if (picture.channels == 4)
    cv::cvtColor(raw, rgb, cv::COLOR_RGBA2RGB);
  else
    rgb = raw.clone();
  return rgb;
}

/// Values in [-1,1] as colours whose lightness falls evenly in CIELAB to either side of white.
cv::Mat diverging(const cv::Mat& values) {
  cv::Mat lab(values.size(), CV_32FC3);
  for (int y = 0; y < values.rows; ++y)
    for (int x = 0; x < values.cols; ++x) {
      const float v = values.at<float>(y, x);
      const float t = std::abs(v);
      // The ends have the same lightness: a red and a blue that sRGB can show.
      lab.at<cv::Vec3f>(y, x) = v >= 0.0F ? cv::Vec3f(97.0F - 52.0F * t, 62.0F * t, 42.0F * t)
                                          : cv::Vec3f(97.0F - 52.0F * t, 6.0F * t, -52.0F * t);
    }
  cv::Mat rgb;
  cv::cvtColor(lab, rgb, cv::COLOR_Lab2RGB);
  rgb.convertTo(rgb, CV_8UC3, 255.0);
  return rgb;
}

/// Values in [0,1].
cv::Mat sequential(const cv::Mat& values) {
  cv::Mat bytes;
  values.convertTo(bytes, CV_8U, 255.0);
  cv::Mat bgr;
  cv::applyColorMap(bytes, bgr, cv::COLORMAP_MAGMA);
  cv::Mat rgb;
  cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
  return rgb;
}

}  // namespace

Image heatOverlay(const Image& picture, std::span<const float> map, int mapWidth, int mapHeight, bool isSigned,
                  double opacity) {
  const auto pixels = static_cast<std::size_t>(std::max(0, picture.width)) *
                      static_cast<std::size_t>(std::max(0, picture.height)) *
                      static_cast<std::size_t>(picture.channels);
  if (picture.empty() || picture.pixels.size() != pixels) throw Error("overlay", "there is no picture beneath it");
  if (mapWidth <= 0 || mapHeight <= 0 ||
      map.size() != static_cast<std::size_t>(mapWidth) * static_cast<std::size_t>(mapHeight))
    throw Error("overlay", "the map's size does not match its values");
  cv::Mat values(mapHeight, mapWidth, CV_32F);
  float largest = 0.0F;
  for (std::size_t i = 0; i < map.size(); ++i) {
    const float v = std::isfinite(map[i]) ? map[i] : 0.0F;
    values.ptr<float>()[i] = v;
    largest = std::max(largest, std::abs(v));
  }
  if (largest > 0.0F) values /= largest;
  if (!isSigned) values = cv::max(values, 0.0);
  cv::resize(values, values, cv::Size(picture.width, picture.height), 0, 0, cv::INTER_LINEAR);

  cv::Mat blended;
  const double share = std::clamp(opacity, 0.0, 1.0);
  cv::addWeighted(isSigned ? diverging(values) : sequential(values), share, rgbOf(picture), 1.0 - share, 0.0, blended);
  Image result;
  result.width = picture.width;
  result.height = picture.height;
  result.channels = 3;
  result.pixels.assign(blended.datastart, blended.dataend);
  return result;
}
#else
Image heatOverlay(const Image&, std::span<const float>, int, int, bool, double) {
  throw Error("overlay", "this build cannot draw it (it was made without OpenCV); the numbers can be had as .npy");
}
#endif

}  // namespace unitscope
