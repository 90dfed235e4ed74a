#include "graph/tensor_data.h"

#include <bit>
#include <cstring>
#include <limits>
#include <utility>

#include "runtime/error.h"

namespace unitscope {
namespace {

float halfToFloat(std::uint16_t half) {
  const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000U) << 16U;
  std::uint32_t exponent = (half >> 10U) & 0x1FU;
  std::uint32_t mantissa = half & 0x3FFU;
  if (exponent == 0x1FU) return std::bit_cast<float>(sign | 0x7F800000U | (mantissa << 13U));
  if (exponent == 0) {
    if (mantissa == 0) return std::bit_cast<float>(sign);
    exponent = 113;
    while ((mantissa & 0x400U) == 0) {
      mantissa <<= 1U;
      --exponent;
    }
    return std::bit_cast<float>(sign | (exponent << 23U) | ((mantissa & 0x3FFU) << 13U));
  }
  return std::bit_cast<float>(sign | ((exponent + 112U) << 23U) | (mantissa << 13U));
}

template <class Stored, class Out>
void convert(std::span<const std::byte> bytes, std::vector<Out>& out) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    Stored value;  // mapped files give no alignment, so every element is copied out
    std::memcpy(&value, bytes.data() + i * sizeof(Stored), sizeof(Stored));
    out[i] = static_cast<Out>(value);
  }
}

template <class Out>
void convertHalf(std::span<const std::byte> bytes, std::vector<Out>& out, bool brain) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    std::uint16_t value;
    std::memcpy(&value, bytes.data() + i * 2, 2);
    out[i] =
        static_cast<Out>(brain ? std::bit_cast<float>(static_cast<std::uint32_t>(value) << 16U) : halfToFloat(value));
  }
}

template <class Out>
std::vector<Out> convertAll(const TensorData& data) {
  std::vector<Out> out(static_cast<std::size_t>(data.count()));
  const auto bytes = data.bytes();
  switch (data.dtype()) {
    case DType::Float32: convert<float>(bytes, out); break;
    case DType::Float64: convert<double>(bytes, out); break;
    case DType::Float16: convertHalf(bytes, out, false); break;
    case DType::BFloat16: convertHalf(bytes, out, true); break;
    case DType::Int8: convert<std::int8_t>(bytes, out); break;
    case DType::Int16: convert<std::int16_t>(bytes, out); break;
    case DType::Int32: convert<std::int32_t>(bytes, out); break;
    case DType::Int64: convert<std::int64_t>(bytes, out); break;
    case DType::UInt8:
    case DType::Bool: convert<std::uint8_t>(bytes, out); break;
    case DType::UInt16: convert<std::uint16_t>(bytes, out); break;
    case DType::UInt32: convert<std::uint32_t>(bytes, out); break;
    case DType::UInt64: convert<std::uint64_t>(bytes, out); break;
    default: throw Error("a tensor of type " + std::string(nameOf(data.dtype())) + " cannot be read as numbers");
  }
  return out;
}

template <class T>
TensorData fromVector(DType type, Shape shape, std::vector<T> values) {
  auto kept = std::make_shared<const std::vector<T>>(std::move(values));
  const auto bytes = std::as_bytes(std::span<const T>(*kept));
  return TensorData(type, std::move(shape), bytes, kept);
}

}  // namespace

std::int64_t elementCount(const Shape& shape) {
  std::int64_t count = 1;
  for (const std::int64_t dim : shape) {
    if (dim < 0) throw Error("the shape " + toString(shape) + " has an unknown dimension");
    if (dim != 0 && count > std::numeric_limits<std::int64_t>::max() / dim)
      throw Error("the shape " + toString(shape) + " is too large");
    count *= dim;
  }
  return count;
}

std::string toString(const Shape& shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (i > 0) text += ", ";
    text += shape[i] < 0 ? "?" : std::to_string(shape[i]);
  }
  return text + "]";
}

TensorData::TensorData(DType type, Shape shape, std::span<const std::byte> bytes, std::shared_ptr<const void> owner)
    : type_(type), shape_(std::move(shape)), count_(elementCount(shape_)), bytes_(bytes), owner_(std::move(owner)) {
  const std::size_t size = sizeOf(type_);
  // Divide rather than multiply: a hostile shape must not overflow into a match.
  const bool fits =
      size != 0 && bytes_.size() % size == 0 && bytes_.size() / size == static_cast<std::uint64_t>(count_);
  if (!fits)
    throw Error("a " + std::string(nameOf(type_)) + " tensor of shape " + toString(shape_) + " does not match its " +
                std::to_string(bytes_.size()) + " bytes of data");
}

TensorData TensorData::fromFloats(Shape shape, std::vector<float> values) {
  return fromVector(DType::Float32, std::move(shape), std::move(values));
}

TensorData TensorData::fromInts(Shape shape, std::vector<std::int64_t> values) {
  return fromVector(DType::Int64, std::move(shape), std::move(values));
}

TensorData TensorData::fromBytes(DType type, Shape shape, std::vector<std::byte> bytes) {
  return fromVector(type, std::move(shape), std::move(bytes));
}

std::vector<std::int64_t> TensorData::toInts() const {
  return convertAll<std::int64_t>(*this);
}
std::vector<double> TensorData::toDoubles() const {
  return convertAll<double>(*this);
}

}  // namespace unitscope
