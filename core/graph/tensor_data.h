#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "graph/dtype.h"

namespace unitscope {

using Shape = std::vector<std::int64_t>;

/// Number of elements of a shape whose dimensions are all known. Throws Error when a dimension is negative or
/// the product does not fit (hostile files declare such shapes).
std::int64_t elementCount(const Shape& shape);
/// "[1, 3, 224, 224]"; unknown dimensions (-1) print as "?".
std::string toString(const Shape& shape);

/// An immutable, contiguous, row-major block of typed elements: parameters and constants of a graph. The bytes
/// may lie in a memory-mapped file; `owner` keeps them alive, so copies are cheap and share storage.
class TensorData {
 public:
  TensorData() = default;
  /// Throws Error when bytes.size() is not elementCount(shape) * sizeOf(type).
  TensorData(DType type, Shape shape, std::span<const std::byte> bytes, std::shared_ptr<const void> owner);

  /// Copies (or takes over) the values.
  static TensorData fromFloats(Shape shape, std::vector<float> values);
  static TensorData fromInts(Shape shape, std::vector<std::int64_t> values);
  static TensorData fromBytes(DType type, Shape shape, std::vector<std::byte> bytes);
  static TensorData scalar(float value) { return fromFloats({}, {value}); }
  static TensorData scalar(std::int64_t value) { return fromInts({}, {value}); }

  DType dtype() const noexcept { return type_; }
  const Shape& shape() const noexcept { return shape_; }
  std::int64_t count() const noexcept { return count_; }
  std::span<const std::byte> bytes() const noexcept { return bytes_; }
  const std::shared_ptr<const void>& owner() const noexcept { return owner_; }

  /// All elements converted to the asked type. Integers, bools and floats of every width convert; throws Error
  /// for complex and undefined data.
  std::vector<std::int64_t> toInts() const;
  std::vector<double> toDoubles() const;

 private:
  DType type_ = DType::Undefined;
  Shape shape_;
  std::int64_t count_ = 0;
  std::span<const std::byte> bytes_;
  std::shared_ptr<const void> owner_;
};

}  // namespace unitscope
