#include "formats/model_reader.h"

#include <algorithm>
#include <exception>
#include <fstream>
#include <new>
#include <system_error>

#ifdef UNITSCOPE_HAS_ONNX
#include "formats/onnx/onnx_reader.h"
#endif
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr std::size_t kHeadBytes = 64 * 1024;

std::string headOf(const std::filesystem::path& file) {
  std::error_code problem;
  const auto status = std::filesystem::status(file, problem);
  if (!std::filesystem::exists(status)) throw Error(file.string(), "there is no such file");
  if (std::filesystem::is_directory(status)) throw Error(file.string(), "is a folder, not a model file");
  if (!std::filesystem::is_regular_file(status)) throw Error(file.string(), "is not a regular file");
  std::ifstream in(file, std::ios::binary);
  if (!in) throw Error(file.string(), "cannot be opened for reading");
  std::string head(kHeadBytes, '\0');
  in.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(in.gcount()));
  if (head.empty()) throw Error(file.string(), "is empty");
  return head;
}

}  // namespace

std::vector<std::unique_ptr<ModelReader>> makeModelReaders() {
  std::vector<std::unique_ptr<ModelReader>> readers;
#ifdef UNITSCOPE_HAS_ONNX
  readers.push_back(makeOnnxReader());
#endif
  return readers;
}

ModelFile readModelFile(const std::filesystem::path& file, const CancelToken& cancel) {
  try {
    const std::string head = headOf(file);
    for (const auto& reader : makeModelReaders())
      if (reader->recognises(file, head)) return reader->read(file, cancel);
  } catch (const Error&) {
    throw;
  } catch (const Cancelled&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw OutOfMemory(file.string(), "not enough memory to read it");
  } catch (const std::exception& e) {
    throw Error(file.string(), e.what());
  }
  throw Error(file.string(), "is of no format that Unitscope knows");
}

}  // namespace unitscope
