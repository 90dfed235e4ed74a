#pragma once

#include <cstddef>
#include <string_view>

namespace unitscope {

/// Element types of graph values. Strings occur only in attributes and are not a tensor type here.
enum class DType {
  Undefined,
  Float32,
  Float16,
  BFloat16,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  UInt8,
  UInt16,
  UInt32,
  UInt64,
  Bool,
  Complex64,
  Complex128,
};

/// Bytes of one element; 0 for Undefined.
std::size_t sizeOf(DType type) noexcept;
/// "float32", "int64", "bool"...
std::string_view nameOf(DType type) noexcept;
bool isFloating(DType type) noexcept;
bool isInteger(DType type) noexcept;

}  // namespace unitscope
