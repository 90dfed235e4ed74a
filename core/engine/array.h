#pragma once

#include <vector>

#include "graph/tensor_data.h"

namespace unitscope {

/// A float tensor as plain values, row-major, for code that must not see LibTorch (windows, charts, files).
struct Array {
  Shape shape;
  std::vector<float> values;
};

}  // namespace unitscope
