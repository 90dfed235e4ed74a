#include "formats/weights/torch_storage.h"

#include <array>
#include <cstring>
#include <limits>
#include <utility>
#include <vector>

#include "runtime/error.h"

namespace unitscope {
namespace {

using Named = std::pair<std::string_view, DType>;

constexpr std::array<Named, 15> kStorages = {{
    {"FloatStorage", DType::Float32},
    {"DoubleStorage", DType::Float64},
    {"HalfStorage", DType::Float16},
    {"BFloat16Storage", DType::BFloat16},
    {"CharStorage", DType::Int8},
    {"ShortStorage", DType::Int16},
    {"IntStorage", DType::Int32},
    {"LongStorage", DType::Int64},
    {"ByteStorage", DType::UInt8},
    {"BoolStorage", DType::Bool},
    {"ComplexFloatStorage", DType::Complex64},
    {"ComplexDoubleStorage", DType::Complex128},
    {"UntypedStorage", DType::Undefined},
    {"TypedStorage", DType::Undefined},
    {"_UntypedStorage", DType::Undefined},
}};

constexpr std::array<Named, 23> kTypes = {{
    {"float32", DType::Float32},    {"float", DType::Float32},
    {"float64", DType::Float64},    {"double", DType::Float64},
    {"float16", DType::Float16},    {"half", DType::Float16},
    {"bfloat16", DType::BFloat16},  {"int8", DType::Int8},
    {"int16", DType::Int16},        {"short", DType::Int16},
    {"int32", DType::Int32},        {"int", DType::Int32},
    {"int64", DType::Int64},        {"long", DType::Int64},
    {"uint8", DType::UInt8},        {"uint16", DType::UInt16},
    {"uint32", DType::UInt32},      {"uint64", DType::UInt64},
    {"bool", DType::Bool},          {"complex64", DType::Complex64},
    {"cfloat", DType::Complex64},   {"complex128", DType::Complex128},
    {"cdouble", DType::Complex128},
}};

std::string_view storageName(std::string_view global) noexcept {
  if (!global.starts_with("torch.") || !global.ends_with("Storage")) return {};
  return global.substr(global.rfind('.') + 1);
}

/// Elements between the first and the last one of a view; nothing when it does not fit in 64 bits.
std::optional<std::int64_t> reach(const Shape& shape, const Shape& strides) {
  std::int64_t last = 0;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    std::int64_t step = 0;
    if (__builtin_mul_overflow(shape[d] - 1, strides[d], &step) || __builtin_add_overflow(last, step, &last))
      return std::nullopt;
  }
  return last;
}

bool isContiguous(const Shape& shape, const Shape& strides) {
  std::int64_t expected = 1;
  for (std::size_t d = shape.size(); d-- > 0;) {
    if (shape[d] != 1 && strides[d] != expected) return false;
    expected *= shape[d];
  }
  return true;
}

template <std::size_t Size>
void gather(const std::byte* from, const Shape& shape, const Shape& strides, std::vector<std::byte>& out) {
  Shape place(shape.size(), 0);
  std::int64_t at = 0;
  for (std::size_t to = 0; to < out.size(); to += Size) {
    std::memcpy(out.data() + to, from + static_cast<std::size_t>(at) * Size, Size);
    for (std::size_t d = shape.size(); d-- > 0;) {
      at += strides[d];
      if (++place[d] < shape[d]) break;
      at -= strides[d] * shape[d];
      place[d] = 0;
    }
  }
}

}  // namespace

bool isStorageType(std::string_view global) noexcept {
  return !storageName(global).empty();
}

DType storageType(std::string_view global, const std::string& subject) {
  const std::string_view name = storageName(global);
  for (const auto& [known, type] : kStorages)
    if (known == name) return type;
  throw Error(subject, "tensors stored as '" + std::string(global) + "' are not supported");
}

std::optional<DType> torchType(std::string_view global) noexcept {
  if (!global.starts_with("torch.")) return std::nullopt;
  for (const auto& [known, type] : kTypes)
    if (known == global.substr(6)) return type;
  return std::nullopt;
}

TensorData makeTensor(const PickleTensor& tensor, std::span<const std::byte> storage, std::shared_ptr<const void> owner,
                      const std::string& subject, std::size_t& copyBudget) {
  const Shape& shape = tensor.shape;
  const Shape& strides = tensor.strides;
  const std::size_t size = sizeOf(tensor.dtype);
  if (size == 0) throw Error(subject, "a tensor has no element type");
  if (shape.size() != strides.size() || shape.size() > 64) throw Error(subject, "a tensor has an impossible shape");
  const std::int64_t count = elementCount(shape);
  if (count == 0) return {tensor.dtype, shape, {}, std::move(owner)};

  for (const std::int64_t stride : strides)
    if (stride < 0) throw Error(subject, "a tensor has negative strides");
  const auto elements = static_cast<std::int64_t>(storage.size() / size);
  const auto last = reach(shape, strides);
  if (!last || tensor.offset < 0 || tensor.offset >= elements || *last >= elements - tensor.offset)
    throw Error(subject, "a tensor of shape " + toString(shape) + " lies outside its storage");

  const auto first = storage.subspan(static_cast<std::size_t>(tensor.offset) * size);
  if (isContiguous(shape, strides)) {
    // `last` bounds count here, so the product cannot overflow.
    return {tensor.dtype, shape, first.first(static_cast<std::size_t>(count) * size), std::move(owner)};
  }
  if (static_cast<std::uint64_t>(count) > copyBudget / size)
    throw Error(subject, "a tensor of shape " + toString(shape) + " needs too much memory");
  copyBudget -= static_cast<std::size_t>(count) * size;
  std::vector<std::byte> copy(static_cast<std::size_t>(count) * size);
  switch (size) {
    case 1: gather<1>(first.data(), shape, strides, copy); break;
    case 2: gather<2>(first.data(), shape, strides, copy); break;
    case 4: gather<4>(first.data(), shape, strides, copy); break;
    case 8: gather<8>(first.data(), shape, strides, copy); break;
    default: gather<16>(first.data(), shape, strides, copy); break;
  }
  return TensorData::fromBytes(tensor.dtype, shape, std::move(copy));
}

}  // namespace unitscope
