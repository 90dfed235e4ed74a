#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "engine/array.h"
#include "graph/tensor_data.h"

namespace unitscope::cli {

/// A small text file. Throws Error naming it when it cannot be read or is larger than 16 MiB.
std::string readTextFile(const std::filesystem::path& file);

/// A tensor of any type that npy and the graph share. Throws Error naming the file.
TensorData readNpyFile(const std::filesystem::path& file);
/// The same as float32, whatever real type the file has.
Array readNpyFloats(const std::filesystem::path& file);

/// Write through a temporary file, so that nothing half-written remains. bfloat16, which npy lacks, becomes float32.
void writeNpyFile(const std::filesystem::path& file, const TensorData& data);
void writeNpyFile(const std::filesystem::path& file, const Array& array);

/// `name` as a file name: what a file system or a shell could take amiss (slashes, control characters, a leading dot,
/// overlong names) is replaced.
std::string safeFileName(std::string_view name);

}  // namespace unitscope::cli
