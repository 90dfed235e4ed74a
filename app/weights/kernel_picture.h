#pragma once

#include <QImage>

#include "graph/kernel_tiles.h"

namespace unitscope {

/// Kernels side by side, `columns` in a row, each place `pixels` wide: kernels over red, green and blue in colours with
/// grey for zero, others by the diverging colour map.
QImage kernelPicture(const KernelTiles& kernels, int columns, int pixels);

}  // namespace unitscope
