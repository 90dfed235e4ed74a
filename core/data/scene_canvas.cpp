#include "data/scene_canvas.h"

#include <array>
#include <cmath>

#include <opencv2/imgproc.hpp>

namespace unitscope {
namespace {

/// Sub-pixel positions for OpenCV's polygons.
constexpr int kShift = 4;

/// Small scenes are painted at three times their size, large ones need less.
int factorFor(int size) {
  return size <= 160 ? 3 : size <= 512 ? 2 : 1;
}

}  // namespace

SceneCanvas::SceneCanvas(int size)
    : size_(size),
      factor_(factorFor(size)),
      side_(size * factor_),
      color_(side_, side_, CV_8UC3, cv::Scalar::all(0)),
      classes_(side_, side_, CV_8U, cv::Scalar::all(0)),
      instances_(side_, side_, CV_16U, cv::Scalar::all(0)),
      mask_(side_, side_, CV_8U, cv::Scalar::all(0)) {}

std::uint16_t SceneCanvas::begin(SceneThing thing) {
  things_.push_back(thing);
  instance_ = static_cast<std::uint16_t>(things_.size());
  return instance_;
}

cv::Rect SceneCanvas::pixels(cv::Point2f low, cv::Point2f high) const {
  const auto side = static_cast<float>(side_);
  const auto clamped = [&](float v) { return static_cast<int>(std::clamp(v * side, 0.0f, side)); };
  const int x = clamped(low.x), y = clamped(low.y);
  return {x, y, std::max(0, clamped(high.x + 1.0f / side) - x), std::max(0, clamped(high.y + 1.0f / side) - y)};
}

cv::Rect SceneCanvas::maskOf(const Points& points) {
  cv::Point2f low(1e9f, 1e9f), high(-1e9f, -1e9f);
  std::vector<cv::Point> fixed;
  fixed.reserve(points.size());
  const float scale = static_cast<float>(side_) * (1 << kShift);
  for (const cv::Point2f& p : points) {
    low = {std::min(low.x, p.x), std::min(low.y, p.y)};
    high = {std::max(high.x, p.x), std::max(high.y, p.y)};
    // Pixel centres lie on whole numbers for OpenCV.
    fixed.emplace_back(static_cast<int>(std::lround(p.x * scale)) - (1 << (kShift - 1)),
                       static_cast<int>(std::lround(p.y * scale)) - (1 << (kShift - 1)));
  }
  cv::fillPoly(mask_, std::vector<std::vector<cv::Point>>{fixed}, cv::Scalar::all(255), cv::LINE_8, kShift);
  const float margin = 2.0f / static_cast<float>(side_);
  return pixels({low.x - margin, low.y - margin}, {high.x + margin, high.y + margin});
}

cv::Rect SceneCanvas::maskOfEllipse(cv::Point2f centre, float rx, float ry) {
  constexpr int kCorners = 28;
  Points points;
  for (int i = 0; i < kCorners; ++i) {
    const float angle = static_cast<float>(i) * (2.0f * 3.14159265f / kCorners);
    points.emplace_back(centre.x + rx * std::cos(angle), centre.y + ry * std::sin(angle));
  }
  return maskOf(points);
}

void SceneCanvas::line(cv::Point2f from, cv::Point2f to, float width, SceneClass klass, const SceneColor& color) {
  const cv::Point2f along = to - from;
  const float length = std::max(std::hypot(along.x, along.y), 1e-6f);
  const cv::Point2f across(-along.y / length * width * 0.5f, along.x / length * width * 0.5f);
  polygon({from + across, to + across, to - across, from - across}, klass, color);
}

SceneColor SceneCanvas::colorAt(float x, float y) const {
  const auto at = [&](float v) { return std::clamp(static_cast<int>(v * static_cast<float>(side_)), 0, side_ - 1); };
  return loaded(color_.at<cv::Vec3b>(at(y), at(x)));
}

Scene SceneCanvas::finish() const {
  Scene scene;
  const auto count = static_cast<std::size_t>(size_) * static_cast<std::size_t>(size_);
  scene.picture = {size_, size_, 3, std::vector<std::uint8_t>(count * 3)};
  cv::Mat picture(size_, size_, CV_8UC3, scene.picture.pixels.data());
  cv::resize(color_, picture, picture.size(), 0, 0, cv::INTER_AREA);
  scene.classes.resize(count);
  scene.instances.resize(count);
  scene.objects.resize(things_.size());
  for (std::size_t i = 0; i < things_.size(); ++i) scene.objects[i].thing = things_[i];
  std::vector<cv::Point> low(things_.size(), cv::Point(size_, size_)), high(things_.size(), cv::Point(-1, -1));
  for (int y = 0; y < size_; ++y) {
    for (int x = 0; x < size_; ++x) {
      std::array<int, kSceneClasses> votes{};
      std::array<std::pair<std::uint16_t, int>, 9> objects{};
      int kinds = 0;
      for (int j = 0; j < factor_; ++j) {
        const auto* classes = classes_.ptr<std::uint8_t>(y * factor_ + j) + x * factor_;
        const auto* numbers = instances_.ptr<std::uint16_t>(y * factor_ + j) + x * factor_;
        for (int i = 0; i < factor_; ++i) {
          ++votes[classes[i]];
          int k = 0;
          while (k < kinds && objects[static_cast<std::size_t>(k)].first != numbers[i]) ++k;
          if (k == kinds) objects[static_cast<std::size_t>(kinds++)] = {numbers[i], 0};
          ++objects[static_cast<std::size_t>(k)].second;
        }
      }
      const auto at = static_cast<std::size_t>(y) * static_cast<std::size_t>(size_) + static_cast<std::size_t>(x);
      scene.classes[at] = static_cast<std::uint8_t>(std::ranges::max_element(votes) - votes.begin());
      const auto* best = std::max_element(objects.data(), objects.data() + kinds,
                                          [](const auto& a, const auto& b) { return a.second < b.second; });
      scene.instances[at] = best->first;
      if (best->first == 0) continue;
      const std::size_t object = best->first - 1u;
      ++scene.objects[object].pixels;
      low[object] = {std::min(low[object].x, x), std::min(low[object].y, y)};
      high[object] = {std::max(high[object].x, x), std::max(high[object].y, y)};
    }
  }
  for (std::size_t i = 0; i < scene.objects.size(); ++i) {
    SceneInstance& object = scene.objects[i];
    if (object.pixels == 0) continue;
    object.left = low[i].x;
    object.top = low[i].y;
    object.width = high[i].x - low[i].x + 1;
    object.height = high[i].y - low[i].y + 1;
  }
  return scene;
}

}  // namespace unitscope
