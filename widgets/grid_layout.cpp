#include "widgets/grid_layout.h"

#include <algorithm>

namespace unitscope {

GridLayout GridLayout::compute(int rows, int columns, Heights heights, QSize room, int scrollBar) {
  GridLayout result;
  result.rows = rows;
  result.columns = columns;
  result.heights = heights;
  result.width = room.width();
  const int n = std::max(1, columns), w = room.width(), h = room.height();
  if (!result.wrapped()) {
    result.perLine = n;
    const int wide = (w - scrollBar - (n + 1) * kGap) / n;
    const int high = rows > 0 ? (h - heights.header) / rows - heights.band - heights.legend - kGap : kSmallest;
    result.side = std::clamp(wide, kSmallest, std::clamp(high, 240, kLargest));
    result.total = {kGap + n * (result.side + kGap),
                    heights.header + rows * (heights.band + result.side + heights.legend + kGap)};
    return result;
  }
  for (int k = 1; k <= n; ++k) {
    const int lines = (n + k - 1) / k;
    const int wide = (w - (k + 1) * kGap) / k;
    const int high = (h - heights.band - lines * (heights.header + heights.legend + kGap)) / lines;
    const int side = std::min({wide, high, kLargest});
    if (side <= result.side) continue;
    result.side = side;
    result.perLine = k;
  }
  if (result.side < kSmallestTile) {
    result.perLine = std::clamp((w - scrollBar - kGap) / (kSmallestTile + kGap), 1, n);
    result.side = std::max(kSmallest, (w - scrollBar - (result.perLine + 1) * kGap) / result.perLine);
  }
  const int lines = (n + result.perLine - 1) / result.perLine;
  result.total = {kGap + result.perLine * (result.side + kGap),
                  heights.band + lines * (heights.header + result.side + heights.legend + kGap)};
  return result;
}

QRect GridLayout::band(int row) const {
  const int y = wrapped() ? 0 : heights.header + row * (heights.band + side + heights.legend + kGap);
  return QRect(kGap / 2, y, std::max(60, width - kGap), heights.band);
}

QRect GridLayout::cell(int row, int column) const {
  const int x = kGap + (column % perLine) * (side + kGap);
  int y = band(row).bottom() + 1;
  if (wrapped()) y += (column / perLine) * (heights.header + side + heights.legend + kGap) + heights.header;
  // Three pixels on each side are for the ring around the current cell.
  return QRect(x - 3, y, side + 6, side + heights.legend);
}

QRect GridLayout::columnHeader(int column) const {
  const QRect below = cell(0, column);
  return QRect(below.left(), wrapped() ? below.top() - heights.header : 0, below.width(), heights.header);
}

}  // namespace unitscope
