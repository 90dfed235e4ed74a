#include "formats/onnx/tensor_read.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/error.h"

namespace unitscope::onnxfile {
namespace {

constexpr std::size_t kMostDimensions = 64;

std::string quoted(const onnx::TensorProto& tensor) {
  return tensor.name().empty() ? std::string("a tensor") : "'" + tensor.name().substr(0, 200) + "'";
}

Shape shapeOf(const onnx::TensorProto& tensor) {
  if (static_cast<std::size_t>(tensor.dims_size()) > kMostDimensions) throw Error("has too many dimensions");
  return Shape(tensor.dims().begin(), tensor.dims().end());
}

/// Stored `Wide` numbers as elements of type `Narrow`; each element takes `parts` of them (complex numbers take two).
template <class Narrow, class List>
TensorData fromList(DType type, Shape shape, const List& list, std::size_t parts = 1) {
  const auto count = static_cast<std::size_t>(elementCount(shape));
  if (static_cast<std::size_t>(list.size()) / parts != count || static_cast<std::size_t>(list.size()) % parts != 0)
    throw Error("has " + std::to_string(list.size()) + " numbers for the shape " + toString(shape));
  std::vector<std::byte> bytes(static_cast<std::size_t>(list.size()) * sizeof(Narrow));
  std::size_t at = 0;
  for (const auto wide : list) {
    const auto narrow = static_cast<Narrow>(wide);
    std::memcpy(bytes.data() + at, &narrow, sizeof narrow);
    at += sizeof narrow;
  }
  return TensorData::fromBytes(type, std::move(shape), std::move(bytes));
}

TensorData fromTypedLists(const onnx::TensorProto& t, DType type, Shape shape) {
  switch (type) {
    case DType::Float32: return fromList<float>(type, std::move(shape), t.float_data());
    case DType::Complex64: return fromList<float>(type, std::move(shape), t.float_data(), 2);
    case DType::Float64: return fromList<double>(type, std::move(shape), t.double_data());
    case DType::Complex128: return fromList<double>(type, std::move(shape), t.double_data(), 2);
    case DType::Int64: return fromList<std::int64_t>(type, std::move(shape), t.int64_data());
    case DType::UInt64: return fromList<std::uint64_t>(type, std::move(shape), t.uint64_data());
    case DType::UInt32: return fromList<std::uint32_t>(type, std::move(shape), t.uint64_data());
    case DType::Int32: return fromList<std::int32_t>(type, std::move(shape), t.int32_data());
    case DType::Int16: return fromList<std::int16_t>(type, std::move(shape), t.int32_data());
    case DType::Int8: return fromList<std::int8_t>(type, std::move(shape), t.int32_data());
    case DType::UInt16:
    case DType::Float16:
    case DType::BFloat16: return fromList<std::uint16_t>(type, std::move(shape), t.int32_data());
    case DType::UInt8: return fromList<std::uint8_t>(type, std::move(shape), t.int32_data());
    case DType::Bool: return fromList<bool>(type, std::move(shape), t.int32_data());
    case DType::Undefined: break;
  }
  throw Error("has no element type");
}

TensorData fromBytes(DType type, Shape shape, std::span<const std::byte> bytes, std::shared_ptr<const void> owner) {
  if (type == DType::Bool && std::ranges::any_of(bytes, [](std::byte b) { return b > std::byte{1}; })) {
    // Any byte but 0 and 1 in a bool is undefined behaviour further on.
    std::vector<std::byte> clean(bytes.begin(), bytes.end());
    for (std::byte& b : clean) b = b == std::byte{0} ? b : std::byte{1};
    return TensorData::fromBytes(type, std::move(shape), std::move(clean));
  }
  return TensorData(type, std::move(shape), bytes, std::move(owner));
}

TensorData read(const onnx::TensorProto& header, std::optional<std::span<const std::byte>> raw,
                std::shared_ptr<const void> owner, ExternalData& external) {
  try {
    if (header.has_segment()) throw Error("is stored in segments, which is not supported");
    const DType type = dtypeOf(header.data_type());
    Shape shape = shapeOf(header);
    if (header.data_location() == onnx::TensorProto::EXTERNAL) {
      const auto count = static_cast<std::uint64_t>(elementCount(shape));
      if (count > SIZE_MAX / 16) throw Error("the shape " + toString(shape) + " is too large");
      ExternalData::Bytes found = external.read(header, static_cast<std::size_t>(count) * sizeOf(type));
      return fromBytes(type, std::move(shape), found.bytes, std::move(found.owner));
    }
    if (raw) return fromBytes(type, std::move(shape), *raw, std::move(owner));
    return fromTypedLists(header, type, std::move(shape));
  } catch (const Error& e) {
    throw Error(quoted(header), e.what());
  }
}

}  // namespace

DType dtypeOf(std::int32_t onnxType) {
  switch (onnxType) {
    case onnx::TensorProto::FLOAT: return DType::Float32;
    case onnx::TensorProto::FLOAT16: return DType::Float16;
    case onnx::TensorProto::BFLOAT16: return DType::BFloat16;
    case onnx::TensorProto::DOUBLE: return DType::Float64;
    case onnx::TensorProto::INT8: return DType::Int8;
    case onnx::TensorProto::INT16: return DType::Int16;
    case onnx::TensorProto::INT32: return DType::Int32;
    case onnx::TensorProto::INT64: return DType::Int64;
    case onnx::TensorProto::UINT8: return DType::UInt8;
    case onnx::TensorProto::UINT16: return DType::UInt16;
    case onnx::TensorProto::UINT32: return DType::UInt32;
    case onnx::TensorProto::UINT64: return DType::UInt64;
    case onnx::TensorProto::BOOL: return DType::Bool;
    case onnx::TensorProto::COMPLEX64: return DType::Complex64;
    case onnx::TensorProto::COMPLEX128: return DType::Complex128;
    default: throw Error("elements of type " + onnxTypeName(onnxType) + " are not supported");
  }
}

std::string onnxTypeName(std::int32_t onnxType) {
  constexpr std::array<const char*, 10> kLater = {
      "float8e4m3fn", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz", "uint4",
      "int4",         "float4e2m1",     "float8e8m0", "uint2",          "int2"};
  if (onnxType == onnx::TensorProto::STRING) return "string";
  if (onnxType >= 17 && static_cast<std::size_t>(onnxType - 17) < kLater.size())
    return kLater[static_cast<std::size_t>(onnxType - 17)];
  if (onnxType >= 1 && onnxType <= 16) return std::string(nameOf(dtypeOf(onnxType)));
  return "number " + std::to_string(onnxType);
}

TensorData readTensor(const StoredTensor& tensor, const std::shared_ptr<const OnnxFile>& file, ExternalData& external) {
  return read(tensor.header, tensor.raw, file->owner, external);
}

TensorData readTensor(const onnx::TensorProto& tensor, const std::shared_ptr<const void>& owner,
                      ExternalData& external) {
  std::optional<std::span<const std::byte>> raw;
  if (tensor.has_raw_data()) raw = std::as_bytes(std::span<const char>(tensor.raw_data()));
  return read(tensor, raw, owner, external);
}

}  // namespace unitscope::onnxfile
