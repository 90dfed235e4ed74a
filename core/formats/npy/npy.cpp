#include "formats/npy/npy.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "formats/archive/byte_cursor.h"
#include "formats/archive/mapped_file.h"
#include "formats/npy/npy_header.h"
#include "formats/weights/numpy_pickle.h"
#include "runtime/atomic_file.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr std::string_view kMagic("\x93NUMPY", 6);
// NumPy itself refuses headers above 10,000 characters unless told to trust the file.
constexpr std::uint32_t kMaxHeader = 65536;

std::string_view headerText(ByteCursor& in, const std::string& subject) {
  if (in.remaining() < kMagic.size() || in.text(kMagic.size()) != kMagic)
    throw Error(subject, "this is not a NumPy array file");
  const unsigned major = in.u8();
  const unsigned minor = in.u8();
  if (major < 1 || major > 3 || minor != 0)
    throw Error(subject, "NumPy array files of version " + std::to_string(major) + "." + std::to_string(minor) +
                             " are not supported");
  const std::uint32_t length = major == 1 ? in.u16() : in.u32();
  if (length > kMaxHeader) throw Error(subject, "its header is too long");
  return in.text(length);
}

std::string_view codeOf(DType type) {
  switch (type) {
    case DType::Float32: return "<f4";
    case DType::Float16: return "<f2";
    case DType::Float64: return "<f8";
    case DType::Int8: return "|i1";
    case DType::Int16: return "<i2";
    case DType::Int32: return "<i4";
    case DType::Int64: return "<i8";
    case DType::UInt8: return "|u1";
    case DType::UInt16: return "<u2";
    case DType::UInt32: return "<u4";
    case DType::UInt64: return "<u8";
    case DType::Bool: return "|b1";
    case DType::Complex64: return "<c8";
    case DType::Complex128: return "<c16";
    case DType::BFloat16:
    case DType::Undefined: break;
  }
  throw Error("NumPy has no element type " + std::string(nameOf(type)) + "; convert to float32 first");
}

}  // namespace

bool looksLikeNpy(std::string_view head) noexcept {
  return head.starts_with(kMagic);
}

TensorData readNpy(const std::filesystem::path& file) {
  const MappedFile mapped = MappedFile::open(file);
  return readNpy(mapped.bytes(), mapped.owner(), file.string());
}

TensorData readNpy(std::span<const std::byte> bytes, std::shared_ptr<const void> owner, const std::string& subject) {
  ByteCursor in(bytes, subject);
  const NpyHeader header = parseNpyHeader(headerText(in, subject), subject);
  const std::size_t size = sizeOf(header.type.dtype);
  std::int64_t count = 0;
  try {
    count = elementCount(header.shape);
  } catch (const Error& error) {
    throw Error(subject, error.reason());
  }
  if (static_cast<std::uint64_t>(count) > in.remaining() / size)
    throw Error(subject, "the file ends too early: it is damaged or incomplete");
  const auto data = in.take(static_cast<std::uint64_t>(count) * size);

  const bool reorder = header.fortran && header.shape.size() > 1;
  if (!reorder && !header.type.swapped) return {header.type.dtype, header.shape, data, std::move(owner)};
  std::vector<std::byte> copy =
      reorder ? fromFortranOrder(data, header.shape, size) : std::vector<std::byte>(data.begin(), data.end());
  if (header.type.swapped) swapBytes(copy, header.type.dtype);
  return TensorData::fromBytes(header.type.dtype, header.shape, std::move(copy));
}

std::string npyHeader(DType type, const Shape& shape) {
  std::string text = "{'descr': '" + std::string(codeOf(type)) + "', 'fortran_order': False, 'shape': (";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (i > 0) text += ", ";
    text += std::to_string(shape[i]);
  }
  text += shape.size() == 1 ? ",), }" : "), }";
  constexpr std::size_t kPrefix = 10;
  text.append(63 - (kPrefix + text.size()) % 64, ' ');
  text += '\n';
  if (text.size() > 0xFFFF) throw Error("the shape has too many dimensions for a NumPy array file");
  std::string header(kMagic);
  header += '\x01';
  header += '\x00';
  header += static_cast<char>(text.size() & 0xFFU);
  header += static_cast<char>(text.size() >> 8U);
  return header + text;
}

void writeNpy(const std::filesystem::path& file, const TensorData& tensor) {
  std::string header;
  try {
    header = npyHeader(tensor.dtype(), tensor.shape());
  } catch (const Error& error) {
    throw Error(file.string(), error.reason());
  }
  AtomicFile out(file);
  out.write(header);
  out.write(tensor.bytes());
  out.commit();
}

}  // namespace unitscope
