#pragma once

#include <string>
#include <string_view>

#include "formats/weights/numpy_pickle.h"
#include "graph/tensor_data.h"

namespace unitscope {

/// What a .npy header says.
struct NpyHeader {
  NumpyType type;
  bool fortran = false;
  Shape shape;
};

/// Reads the Python dictionary of a .npy header, "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }",
/// without evaluating it. Throws Error with `subject` when it is malformed, a key is missing, doubled or unknown, or
/// the element type has no counterpart.
NpyHeader parseNpyHeader(std::string_view text, const std::string& subject);

}  // namespace unitscope
