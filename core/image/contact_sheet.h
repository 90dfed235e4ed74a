#pragma once

#include <span>

#include "image/color_map.h"
#include "image/image.h"

namespace unitscope {

struct SheetLayout {
  int columns = 0;  ///< 0: about as many as rows
  int cellWidth = 224;
  int cellHeight = 224;
  int gap = 4;  ///< around every cell
  Rgb background = {255, 255, 255};
};

/// Pictures in a grid, row by row, each fitted into its cell with its proportions kept and set in its middle. Empty
/// pictures leave their cell free. RGB. Throws Error when there is no picture or the sheet would be larger than
/// kMaxImagePixels.
Image contactSheet(std::span<const Image> pictures, const SheetLayout& layout = {});

}  // namespace unitscope
