#pragma once

#include <filesystem>
#include <span>

#include "formats/model_reader.h"

namespace unitscope {

/// Writes tensors as a .safetensors file, in the order given; it appears whole or not at all. Throws Error naming the
/// file when it cannot be written, or the tensor whose type the format lacks.
void writeSafetensors(std::span<const NamedTensor> tensors, const std::filesystem::path& file);

}  // namespace unitscope
