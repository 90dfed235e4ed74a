#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include <onnx/onnx_pb.h>

#include "formats/archive/mapped_file.h"
#include "graph/tensor_data.h"

namespace unitscope::onnxfile {

/// The files beside a model that hold its large tensors, mapped as they are asked for. Only regular files inside the
/// model's own folder are opened, wherever links and ".." may point.
class ExternalData {
 public:
  explicit ExternalData(std::filesystem::path folder) : folder_(std::move(folder)) {}

  struct Bytes {
    std::span<const std::byte> bytes;
    std::shared_ptr<const void> owner;
  };
  /// The bytes that the tensor's external_data entries name; `expected` is the size that its shape asks for. Throws
  /// Error when the path leaves the folder or offset and length do not fit the file or the tensor.
  Bytes read(const onnx::TensorProto& tensor, std::size_t expected);

 private:
  const MappedFile& open(const std::string& location);

  std::filesystem::path folder_;
  std::map<std::string, MappedFile> files_;
};

}  // namespace unitscope::onnxfile
