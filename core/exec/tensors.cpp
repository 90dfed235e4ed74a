#include "exec/tensors.h"

#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "runtime/error.h"

namespace unitscope {

at::ScalarType toScalarType(DType type) {
  switch (type) {
    case DType::Float32: return at::kFloat;
    case DType::Float16: return at::kHalf;
    case DType::BFloat16: return at::kBFloat16;
    case DType::Float64: return at::kDouble;
    case DType::Int8: return at::kChar;
    case DType::Int16: return at::kShort;
    case DType::Int32: return at::kInt;
    case DType::Int64: return at::kLong;
    case DType::UInt8: return at::kByte;
    case DType::Bool: return at::kBool;
    case DType::Complex64: return at::kComplexFloat;
    case DType::Complex128: return at::kComplexDouble;
    case DType::UInt16:
    case DType::UInt32:
    case DType::UInt64:
    case DType::Undefined: break;
  }
  throw Error(std::string(nameOf(type)), "tensors of this element type cannot be computed with");
}

DType toDType(at::ScalarType type) {
  switch (type) {
    case at::kFloat: return DType::Float32;
    case at::kHalf: return DType::Float16;
    case at::kBFloat16: return DType::BFloat16;
    case at::kDouble: return DType::Float64;
    case at::kChar: return DType::Int8;
    case at::kShort: return DType::Int16;
    case at::kInt: return DType::Int32;
    case at::kLong: return DType::Int64;
    case at::kByte: return DType::UInt8;
    case at::kBool: return DType::Bool;
    case at::kComplexFloat: return DType::Complex64;
    case at::kComplexDouble: return DType::Complex128;
    default: throw Error(c10::toString(type), "tensors of this element type cannot be kept in a graph");
  }
}

at::Tensor toTensor(const TensorData& data) {
  const auto options = at::TensorOptions().dtype(toScalarType(data.dtype()));
  if (data.count() == 0) return at::empty(data.shape(), options);
  const std::span<const std::byte> bytes = data.bytes();
  const bool aligned = reinterpret_cast<std::uintptr_t>(bytes.data()) % sizeOf(data.dtype()) == 0;
  if (!aligned || data.owner() == nullptr) {
    at::Tensor copy = at::empty(data.shape(), options);
    std::memcpy(copy.data_ptr(), bytes.data(), bytes.size());
    return copy;
  }
  // from_blob wants a mutable pointer; nobody writes through a parameter's tensor (see the header).
  auto* start = const_cast<std::byte*>(bytes.data());
  return at::from_blob(
      start, data.shape(), [owner = data.owner()](void*) {}, options);
}

TensorData toTensorData(const at::Tensor& tensor) {
  const at::Tensor plain = tensor.detach().to(at::kCPU).contiguous();
  std::vector<std::byte> bytes(plain.nbytes());
  if (!bytes.empty()) std::memcpy(bytes.data(), plain.data_ptr(), bytes.size());
  return TensorData::fromBytes(toDType(plain.scalar_type()), plain.sizes().vec(), std::move(bytes));
}

}  // namespace unitscope
