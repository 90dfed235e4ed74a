#pragma once

#include <QRect>
#include <QSize>

namespace unitscope {

/// Where the parts of a ComparisonGrid lie, before scrolling. A table for many rows; a single row is wrapped into as
/// many tiles beside one another as makes them largest.
struct GridLayout {
  static constexpr int kGap = 10;
  static constexpr int kSmallest = 132;      ///< side of a cell of a table
  static constexpr int kSmallestTile = 170;  ///< side of a tile
  static constexpr int kLargest = 620;

  /// Heights that follow from the font.
  struct Heights {
    int header = 0;  ///< heading of a column
    int band = 0;    ///< heading of a row
    int legend = 0;  ///< of a cell, below its picture
  };

  int rows = 0, columns = 0;
  Heights heights;
  int width = 0;    ///< of the view
  int side = 0;     ///< of a cell's square picture
  int perLine = 1;  ///< cells beside one another
  QSize total;

  /// `room` is the view's size without scroll bars, `scrollBar` the width of one.
  static GridLayout compute(int rows, int columns, Heights heights, QSize room, int scrollBar);
  bool wrapped() const { return rows == 1; }
  QRect band(int row) const;
  QRect cell(int row, int column) const;
  /// In a table it stays at the top of the view, whatever is scrolled.
  QRect columnHeader(int column) const;
};

}  // namespace unitscope
