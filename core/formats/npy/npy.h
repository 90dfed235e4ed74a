#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "graph/tensor_data.h"

namespace unitscope {

/// Whether a file's first bytes are those of a NumPy array file.
bool looksLikeNpy(std::string_view head) noexcept;

/// Reads a NumPy array file (.npy, format versions 1 to 3): bool, integers, float16 to float64 and complex numbers,
/// of either byte order, in C or Fortran order. Row-major little-endian data stay in the mapped file; others are
/// copied. Throws Error naming the file: damaged, incomplete, or of an element type without counterpart (strings,
/// objects, records). What follows the first array is ignored, as NumPy does.
TensorData readNpy(const std::filesystem::path& file);
/// The same over bytes that `owner` keeps alive; `subject` stands in messages.
TensorData readNpy(std::span<const std::byte> bytes, std::shared_ptr<const void> owner, const std::string& subject);

/// Writes a .npy file (format version 1, little-endian, row-major), whole or not at all. Throws Error for bfloat16,
/// which NumPy does not have, and where the file cannot be written.
void writeNpy(const std::filesystem::path& file, const TensorData& tensor);
/// The header that stands before the elements, its length a multiple of 64 bytes.
std::string npyHeader(DType type, const Shape& shape);

}  // namespace unitscope
