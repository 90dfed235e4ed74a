#pragma once

#include <cstdint>
#include <vector>

#include "graph/tensor_data.h"

namespace unitscope {

/// The kernels of a convolution as pictures, ready for a colour map.
struct KernelTiles {
  std::int64_t rows = 0, columns = 0;  ///< of one kernel
  bool colour = false;                 ///< three values for each place, red, green and blue; else one
  std::int64_t total = 0;              ///< kernels that there are; fewer are shown
  /// Each [rows,columns] or [rows,columns,3], from -1 to 1: divided by the largest magnitude of those shown, so that 0
  /// stays 0 and strong kernels look stronger than weak ones.
  std::vector<std::vector<float>> tiles;
};

/// Whether a tensor is a convolution's weight [out,in,h,w] with kernels larger than one place.
bool hasKernels(const TensorData& data) noexcept;

/// The first `most` kernels: one for each output channel where these read one or three channels (a first layer, a
/// depthwise one), else one for each pair of channels, the first output's first. Throws Error where hasKernels() says
/// no, or for elements that are no numbers.
KernelTiles kernelTiles(const TensorData& data, int most);

}  // namespace unitscope
