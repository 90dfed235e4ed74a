#pragma once

#include <span>

#include "image/image.h"

namespace unitscope {

/// A heatmap laid over a picture, in the picture's size: the map (row-major, mapHeight x mapWidth) is enlarged
/// bilinearly, divided by its largest absolute value and coloured: from blue by way of white to red where it is
/// signed, by the colour map magma otherwise. `opacity` in [0,1] is that of the colours. NaN counts as zero. Throws
/// Error for empty pictures, sizes that do not match and builds without OpenCV.
Image heatOverlay(const Image& picture, std::span<const float> map, int mapWidth, int mapHeight, bool isSigned,
                  double opacity);

}  // namespace unitscope
