#include "formats/onnx/onnx_tensor.h"

#include <limits>
#include <memory>

#include <onnx/onnx_pb.h>

#include "formats/archive/mapped_file.h"
#include "formats/onnx/tensor_read.h"
#include "runtime/error.h"

namespace unitscope {

NamedTensor readOnnxTensor(const std::filesystem::path& file) {
  try {
    const MappedFile mapped = MappedFile::open(file);
    const auto bytes = mapped.bytes();
    if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
      throw Error("is larger than an ONNX message can be");
    const auto tensor = std::make_shared<onnx::TensorProto>();
    if (!tensor->ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
      throw Error("is no complete ONNX tensor");
    onnxfile::ExternalData external(file.parent_path());
    return {tensor->name(), onnxfile::readTensor(*tensor, tensor, external)};
  } catch (const Error& e) {
    if (e.subject() == file.string()) throw;
    throw Error(file.string(), e.what());
  }
}

}  // namespace unitscope
