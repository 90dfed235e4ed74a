#pragma once

#include <memory>
#include <string_view>

#include "formats/model_reader.h"

namespace unitscope {

/// Reads what torch.save() writes: zip archives (PyTorch 1.6 and newer), the streams of older versions, and plain
/// pickles of NumPy arrays, all as lists of named tensors. Nothing in the pickle is ever run; whole modules and other
/// objects are refused by name.
std::unique_ptr<ModelReader> makeStateDictReader();

}  // namespace unitscope
