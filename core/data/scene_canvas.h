#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include <opencv2/core.hpp>

#include "data/scene.h"

namespace unitscope {

/// RGB, 0..1 (may overshoot before it is stored).
using SceneColor = cv::Vec3f;

inline SceneColor mix(const SceneColor& a, const SceneColor& b, float t) {
  return a + (b - a) * t;
}
inline SceneColor times(const SceneColor& a, const SceneColor& b) {
  return a.mul(b);
}
inline float ramp(float low, float high, float x) {
  const float t = std::clamp((x - low) / (high - low), 0.0f, 1.0f);
  return t * t * (3.0f - 2.0f * t);
}

/// Where a scene is painted, from far to near: colours, classes and object numbers, at several times the wanted size.
/// Coordinates run from 0 to 1, x to the right, y down; all painters take those.
class SceneCanvas {
 public:
  /// `size` of the scene in pixels.
  explicit SceneCanvas(int size);

  using Points = std::vector<cv::Point2f>;

  /// A new object; what is painted from now on belongs to it. 0 pixels are visible yet.
  std::uint16_t begin(SceneThing thing);
  /// What is painted from now on belongs to no object.
  void beginGround() { instance_ = 0; }

  /// Paints a polygon; shader(x, y) gives the colour.
  template <class Shader>
  void polygon(const Points& points, SceneClass klass, const Shader& shader) {
    paint(maskOf(points), klass, shader);
  }
  void polygon(const Points& points, SceneClass klass, const SceneColor& color) {
    polygon(points, klass, [&](float, float) { return color; });
  }
  template <class Shader>
  void ellipse(cv::Point2f centre, float rx, float ry, SceneClass klass, const Shader& shader) {
    paint(maskOfEllipse(centre, rx, ry), klass, shader);
  }
  void ellipse(cv::Point2f centre, float rx, float ry, SceneClass klass, const SceneColor& color) {
    ellipse(centre, rx, ry, klass, [&](float, float) { return color; });
  }
  /// A line of some width with square ends.
  void line(cv::Point2f from, cv::Point2f to, float width, SceneClass klass, const SceneColor& color);

  /// Where field(x, y) is above 0, inside a box: shapes without a simple outline. Opacity rises over `softness`; the
  /// class changes where it is over one half.
  template <class Field, class Shader>
  void field(cv::Point2f low, cv::Point2f high, SceneClass klass, float softness, const Field& field,
             const Shader& shader) {
    const cv::Rect box = pixels(low, high);
    for (int row = box.y; row < box.y + box.height; ++row) {
      auto* line = color_.ptr<cv::Vec3b>(row);
      for (int column = box.x; column < box.x + box.width; ++column) {
        const float x = unit(column), y = unit(row), opacity = std::min(field(x, y) / softness, 1.0f);
        if (opacity <= 0.0f) continue;
        const SceneColor color = shader(x, y);
        line[column] = stored(opacity >= 1.0f ? color : mix(loaded(line[column]), color, opacity));
        if (opacity > 0.5f) mark(row, column, klass);
      }
    }
  }
  /// Changes colours alone: shader(x, y, colour so far).
  template <class Shader>
  void tint(cv::Point2f low, cv::Point2f high, const Shader& shader) {
    const cv::Rect box = pixels(low, high);
    for (int row = box.y; row < box.y + box.height; ++row) {
      auto* line = color_.ptr<cv::Vec3b>(row);
      for (int column = box.x; column < box.x + box.width; ++column)
        line[column] = stored(shader(unit(column), unit(row), loaded(line[column])));
    }
  }
  /// The colour painted at a place so far; places outside take the nearest inside.
  SceneColor colorAt(float x, float y) const;

  /// Averages down to the wanted size; each pixel takes the class, and the object, that cover most of it.
  Scene finish() const;

 private:
  static cv::Vec3b stored(const SceneColor& c) {
    const auto byte = [](float v) { return static_cast<std::uint8_t>(std::clamp(v, 0.0f, 1.0f) * 255.0f + 0.5f); };
    return {byte(c[0]), byte(c[1]), byte(c[2])};
  }
  static SceneColor loaded(const cv::Vec3b& c) { return SceneColor(c[0], c[1], c[2]) * (1.0f / 255.0f); }
  float unit(int pixel) const { return (static_cast<float>(pixel) + 0.5f) / static_cast<float>(side_); }
  cv::Rect pixels(cv::Point2f low, cv::Point2f high) const;
  void mark(int row, int column, SceneClass klass) {
    classes_.at<std::uint8_t>(row, column) = static_cast<std::uint8_t>(klass);
    instances_.at<std::uint16_t>(row, column) = instance_;
  }
  /// Both leave the shape in mask_, which is otherwise empty, and return its box.
  cv::Rect maskOf(const Points& points);
  cv::Rect maskOfEllipse(cv::Point2f centre, float rx, float ry);

  template <class Shader>
  void paint(cv::Rect box, SceneClass klass, const Shader& shader) {
    for (int row = box.y; row < box.y + box.height; ++row) {
      auto* inside = mask_.ptr<std::uint8_t>(row);
      auto* line = color_.ptr<cv::Vec3b>(row);
      for (int column = box.x; column < box.x + box.width; ++column) {
        if (!inside[column]) continue;
        inside[column] = 0;
        line[column] = stored(shader(unit(column), unit(row)));
        mark(row, column, klass);
      }
    }
  }

  int size_, factor_, side_;
  cv::Mat color_, classes_, instances_, mask_;
  std::uint16_t instance_ = 0;
  std::vector<SceneThing> things_;
};

}  // namespace unitscope
