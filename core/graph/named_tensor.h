#pragma once

#include <string>

#include "graph/tensor_data.h"

namespace unitscope {

/// A tensor under the name that a file of weights gives it.
struct NamedTensor {
  std::string name;
  TensorData data;
};

}  // namespace unitscope
