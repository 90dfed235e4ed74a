#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include <onnx/onnx_pb.h>

#include "formats/onnx/external_data.h"
#include "formats/onnx/onnx_file.h"
#include "graph/tensor_data.h"

namespace unitscope::onnxfile {

/// DType of TensorProto.DataType; throws Error naming the type when it is none that a vision network uses (string,
/// float8, int4...).
DType dtypeOf(std::int32_t onnxType);
/// "string", "float8e4m3fn"..., for messages.
std::string onnxTypeName(std::int32_t onnxType);

/// A tensor of the file. Raw bytes are shared with the file, typed lists are converted. Throws Error naming the
/// tensor when sizes and data do not agree.
TensorData readTensor(const StoredTensor& tensor, const std::shared_ptr<const OnnxFile>& file, ExternalData& external);
/// The same for a tensor that lies in a node's attribute; `owner` keeps that alive.
TensorData readTensor(const onnx::TensorProto& tensor, const std::shared_ptr<const void>& owner,
                      ExternalData& external);

}  // namespace unitscope::onnxfile
