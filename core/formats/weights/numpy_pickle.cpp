#include "formats/weights/numpy_pickle.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace unitscope {

std::optional<NumpyType> numpyType(std::string_view code) noexcept {
  bool swapped = false;
  if (!code.empty() && (code[0] == '<' || code[0] == '>' || code[0] == '=' || code[0] == '|')) {
    swapped = code[0] == '>';
    code.remove_prefix(1);
  }
  static constexpr std::array<std::pair<std::string_view, DType>, 15> kTypes = {{
      {"f4", DType::Float32},
      {"f8", DType::Float64},
      {"f2", DType::Float16},
      {"i1", DType::Int8},
      {"i2", DType::Int16},
      {"i4", DType::Int32},
      {"i8", DType::Int64},
      {"u1", DType::UInt8},
      {"u2", DType::UInt16},
      {"u4", DType::UInt32},
      {"u8", DType::UInt64},
      {"b1", DType::Bool},
      {"?", DType::Bool},
      {"c8", DType::Complex64},
      {"c16", DType::Complex128},
  }};
  for (const auto& [name, type] : kTypes)
    if (name == code) return NumpyType{type, swapped && sizeOf(type) > 1};
  return std::nullopt;
}

void swapBytes(std::span<std::byte> bytes, DType type) {
  const bool complex = type == DType::Complex64 || type == DType::Complex128;
  const std::size_t size = complex ? sizeOf(type) / 2 : sizeOf(type);
  if (size < 2) return;
  for (std::size_t i = 0; i + size <= bytes.size(); i += size)
    std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(i), bytes.begin() + static_cast<std::ptrdiff_t>(i + size));
}

std::vector<std::byte> fromFortranOrder(std::span<const std::byte> bytes, const Shape& shape, std::size_t elementSize) {
  std::vector<std::byte> out(bytes.size());
  if (bytes.empty()) return out;  // a shape with a zero may have strides that do not fit
  Shape strides(shape.size());    // of the row-major result, in elements
  std::int64_t stride = 1;
  for (std::size_t d = shape.size(); d-- > 0;) {
    strides[d] = stride;
    stride *= shape[d];
  }
  Shape place(shape.size(), 0);
  std::int64_t to = 0;
  for (std::size_t from = 0; from < bytes.size(); from += elementSize) {
    std::memcpy(out.data() + static_cast<std::size_t>(to) * elementSize, bytes.data() + from, elementSize);
    for (std::size_t d = 0; d < shape.size(); ++d) {  // the first dimension runs fastest in the source
      to += strides[d];
      if (++place[d] < shape[d]) break;
      to -= strides[d] * shape[d];
      place[d] = 0;
    }
  }
  return out;
}

}  // namespace unitscope
