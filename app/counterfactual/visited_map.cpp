#include "app/counterfactual/visited_map.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "image/color_map.h"

namespace unitscope {

namespace {
constexpr int kMostCells = 256;  // a side
}

VisitedMap::VisitedMap(int width, int height)
    : cell_(std::max(1, (std::max(width, height) + kMostCells - 1) / kMostCells)),
      columns_((width + cell_ - 1) / cell_),
      rows_((height + cell_ - 1) / cell_),
      sums_(std::size_t(columns_) * std::size_t(rows_)),
      counts_(sums_.size()) {}

void VisitedMap::add(const PixelBox& window, double drop) {
  if (window.empty() || !std::isfinite(drop)) return;
  ++visits_;
  for (int y = window.top / cell_; y < std::min(rows_, (window.bottom + cell_ - 1) / cell_); ++y) {
    for (int x = window.left / cell_; x < std::min(columns_, (window.right + cell_ - 1) / cell_); ++x) {
      const std::size_t at = std::size_t(y) * std::size_t(columns_) + std::size_t(x);
      sums_[at] += drop;
      ++counts_[at];
    }
  }
}

double VisitedMap::dropAt(int x, int y) const {
  if (x < 0 || y < 0 || x / cell_ >= columns_ || y / cell_ >= rows_) return std::numeric_limits<double>::quiet_NaN();
  const std::size_t at = std::size_t(y / cell_) * std::size_t(columns_) + std::size_t(x / cell_);
  return counts_[at] > 0 ? sums_[at] / counts_[at] : std::numeric_limits<double>::quiet_NaN();
}

QImage VisitedMap::picture() const {
  if (empty()) return {};
  double most = 0;
  for (std::size_t i = 0; i < sums_.size(); ++i) {
    if (counts_[i] > 0) most = std::max(most, std::abs(sums_[i] / counts_[i]));
  }
  if (most <= 0) most = 1;
  const ColorTable& colors = colorTable(ColorMap::Diverging);
  QImage image(columns_, rows_, QImage::Format_ARGB32_Premultiplied);
  for (int y = 0; y < rows_; ++y) {
    auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
    for (int x = 0; x < columns_; ++x) {
      const std::size_t at = std::size_t(y) * std::size_t(columns_) + std::size_t(x);
      line[x] = 0;
      if (counts_[at] == 0) continue;
      const Rgb color = colorAt(colors, 0.5 + 0.5 * sums_[at] / counts_[at] / most);
      line[x] = qRgb(color.r, color.g, color.b);
    }
  }
  return image;
}

}  // namespace unitscope
