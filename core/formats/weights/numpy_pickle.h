#pragma once

#include <optional>
#include <string_view>

#include "formats/weights/pickle.h"

namespace unitscope {

/// A NumPy element type with its byte order.
struct NumpyType {
  DType dtype = DType::Undefined;
  bool swapped = false;  ///< big-endian
};

/// From the type code that NumPy uses in pickles and .npy headers ("f4", "<i8", "|b1"); nothing for types that have
/// no counterpart here (strings, objects, records, dates).
std::optional<NumpyType> numpyType(std::string_view code) noexcept;

/// Reverses the bytes of every element; complex numbers are swapped by halves.
void swapBytes(std::span<std::byte> bytes, DType type);

/// Row-major copy of column-major (Fortran) data.
std::vector<std::byte> fromFortranOrder(std::span<const std::byte> bytes, const Shape& shape, std::size_t elementSize);

}  // namespace unitscope
