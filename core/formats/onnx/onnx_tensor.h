#pragma once

#include <filesystem>

#include "formats/model_reader.h"

namespace unitscope {

/// Reads a file that holds a single serialised TensorProto, as ONNX's own test data does. Throws Error naming the file
/// when it is damaged, or holds elements that no graph of ours can.
NamedTensor readOnnxTensor(const std::filesystem::path& file);

}  // namespace unitscope
