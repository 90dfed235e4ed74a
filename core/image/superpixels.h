#pragma once

#include <cstdint>
#include <vector>

#include "image/image.h"

namespace unitscope {

/// A picture cut into connected pieces. Every pixel belongs to exactly one.
struct Superpixels {
  int width = 0, height = 0;
  std::int64_t count = 0;
  std::vector<std::int64_t> numbers;  ///< [height*width], from 0 to count-1
  bool squares = false;               ///< a plain grid, because this build has nothing better
};

/// Pieces of similar colour by SLIC (Achanta et al. 2012), as near to `wanted` in number as the algorithm comes.
/// `compactness` weighs distance in the picture against distance in colour (CIELAB in 8 bits): the higher, the more
/// they are squares. A build without OpenCV's ximgproc gives squares. Throws Error for an empty picture or fewer than
/// one piece.
Superpixels findSuperpixels(const Image& picture, int wanted, double compactness);

/// The grid of about `wanted` rectangles that does not look at the picture. Throws Error as above.
Superpixels gridOfSquares(int width, int height, int wanted);

}  // namespace unitscope
