#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <onnx/onnx_pb.h>

namespace unitscope::onnxfile {

/// A tensor whose bytes stay in the mapped file.
struct StoredTensor {
  onnx::TensorProto header;  ///< everything but raw_data
  std::optional<std::span<const std::byte>> raw;
};

/// A parsed model. The initialisers are kept apart from the message, so that weights are never copied.
struct OnnxFile {
  onnx::ModelProto model;  ///< its graph lists no initialisers
  std::vector<StoredTensor> initialisers;
  std::shared_ptr<const void> owner;  ///< of the bytes that `raw` points into
};

/// Parses a serialised ModelProto. Throws Error when the bytes are cut off, malformed, nested too deeply, 2 GiB or
/// larger, or list absurdly many items.
std::shared_ptr<const OnnxFile> parseOnnx(std::span<const std::byte> bytes, std::shared_ptr<const void> owner);

/// Whether the first bytes of a file read like a ModelProto.
bool looksLikeOnnx(std::string_view head);

}  // namespace unitscope::onnxfile
