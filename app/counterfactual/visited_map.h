#pragma once

#include <vector>

#include <QImage>

#include "image/brush.h"

namespace unitscope {

/// Where the hovering window has been and how far the score fell there, averaged where visits overlap, as occlusion
/// does (Zeiler & Fergus 2014).
class VisitedMap {
 public:
  VisitedMap() = default;
  /// For a picture of this size; places are kept in cells of some pixels where it is large.
  VisitedMap(int width, int height);

  void add(const PixelBox& window, double drop);
  bool empty() const { return visits_ == 0; }
  int visits() const { return visits_; }
  /// The mean drop at a pixel; NaN where the window has not been.
  double dropAt(int x, int y) const;
  /// Blue to red around zero, transparent where the window has not been; null while empty.
  QImage picture() const;

 private:
  int cell_ = 1, columns_ = 0, rows_ = 0, visits_ = 0;
  std::vector<double> sums_;
  std::vector<int> counts_;
};

}  // namespace unitscope
