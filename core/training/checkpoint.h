#pragma once

#include <filesystem>
#include <string>

#include "training/trainee.h"

namespace unitscope {

/// Writes named tensors as a .safetensors file that appears whole or not at all. Throws Error naming the file.
void saveCheckpoint(const NamedTensors& state, const std::filesystem::path& file);
/// Throws Error naming the file when it is no such file.
NamedTensors loadCheckpoint(const std::filesystem::path& file);

/// The same tensors under longer names, and back.
void addPrefixed(NamedTensors& to, const std::string& prefix, const NamedTensors& from);
NamedTensors takePrefixed(const NamedTensors& from, const std::string& prefix);

}  // namespace unitscope
