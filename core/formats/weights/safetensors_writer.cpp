#include "formats/weights/safetensors_writer.h"

#include <cstdint>

#include <nlohmann/json.hpp>

#include "runtime/atomic_file.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

const char* typeName(DType type) {
  switch (type) {
    case DType::Float32: return "F32";
    case DType::Float64: return "F64";
    case DType::Float16: return "F16";
    case DType::BFloat16: return "BF16";
    case DType::Int64: return "I64";
    case DType::Int32: return "I32";
    case DType::UInt8: return "U8";
    case DType::Bool: return "BOOL";
    default: return nullptr;
  }
}

}  // namespace

void writeSafetensors(std::span<const NamedTensor> tensors, const std::filesystem::path& file) {
  nlohmann::ordered_json header;
  std::uint64_t offset = 0;
  for (const NamedTensor& tensor : tensors) {
    const char* type = typeName(tensor.data.dtype());
    if (type == nullptr) throw Error(tensor.name, "has an element type that safetensors files cannot hold");
    const std::uint64_t end = offset + tensor.data.bytes().size();
    header[tensor.name] = {{"dtype", type}, {"shape", tensor.data.shape()}, {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text = header.is_null() ? "{}" : header.dump();
  // Readers map the file: the data should start at a multiple of eight.
  while (text.size() % 8 != 0) text += ' ';
  const std::uint64_t length = text.size();
  AtomicFile out(file);
  char bytes[8];
  for (int i = 0; i < 8; ++i) bytes[i] = static_cast<char>((length >> (8 * i)) & 0xFF);
  out.write(std::string_view(bytes, sizeof bytes));
  out.write(text);
  for (const NamedTensor& tensor : tensors) out.write(tensor.data.bytes());
  out.commit();
}

}  // namespace unitscope
