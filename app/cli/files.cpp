#include "app/cli/files.h"

#include <cstring>
#include <fstream>
#include <utility>
#include <vector>

#include "formats/npy/npy.h"
#include "runtime/error.h"

namespace unitscope::cli {
namespace {

constexpr std::streamsize kMaxText = 16 << 20;
constexpr std::size_t kMaxName = 120;

/// bfloat16 is the upper half of a float32.
TensorData widened(const TensorData& data) {
  std::vector<float> values(static_cast<std::size_t>(data.count()));
  for (std::size_t i = 0; i < values.size(); ++i)
    std::memcpy(reinterpret_cast<std::byte*>(&values[i]) + 2, data.bytes().data() + 2 * i, 2);
  return TensorData::fromFloats(data.shape(), std::move(values));
}

bool keeps(unsigned char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '-' ||
         c == '.' || c == '+' || c == '@';
}

}  // namespace

std::string readTextFile(const std::filesystem::path& file) {
  std::error_code problem;
  if (!std::filesystem::is_regular_file(file, problem)) throw Error(file.string(), "there is no such file");
  std::ifstream in(file, std::ios::binary);
  if (!in) throw Error(file.string(), "cannot be opened for reading");
  std::string text(static_cast<std::size_t>(kMaxText) + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.gcount() > kMaxText) throw Error(file.string(), "is too large");
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

TensorData readNpyFile(const std::filesystem::path& file) {
  return readNpy(file);
}

Array readNpyFloats(const std::filesystem::path& file) {
  const TensorData data = readNpy(file);
  Array array{data.shape(), std::vector<float>(static_cast<std::size_t>(data.count()))};
  if (data.dtype() == DType::Float32) {
    if (!array.values.empty()) std::memcpy(array.values.data(), data.bytes().data(), data.bytes().size());
    return array;
  }
  try {
    const std::vector<double> values = data.toDoubles();
    for (std::size_t i = 0; i < values.size(); ++i) array.values[i] = static_cast<float>(values[i]);
  } catch (const Error& e) {
    throw Error(file.string(), e.reason());
  }
  return array;
}

void writeNpyFile(const std::filesystem::path& file, const TensorData& data) {
  writeNpy(file, data.dtype() == DType::BFloat16 ? widened(data) : data);
}

void writeNpyFile(const std::filesystem::path& file, const Array& array) {
  writeNpy(file, TensorData(DType::Float32, array.shape, std::as_bytes(std::span<const float>(array.values)), nullptr));
}

std::string safeFileName(std::string_view name) {
  std::string safe;
  for (const char c : name.substr(0, kMaxName)) safe += keeps(static_cast<unsigned char>(c)) ? c : '_';
  if (safe.empty()) safe = "output";
  if (safe.front() == '.' || safe.front() == '-') safe.front() = '_';
  return safe;
}

}  // namespace unitscope::cli
