#pragma once

#include <cstdint>

#include <onnx/onnx_pb.h>

#include "graph/graph.h"

namespace unitscope::onnxfile {

std::int32_t onnxTypeOf(DType type);  ///< TensorProto.DataType

/// Type, dimensions and, where `withBytes`, the raw data. Throws Error for data of 2 GiB or more.
void writeTensor(const TensorData& data, bool withBytes, onnx::TensorProto& into);
/// Inputs, outputs, attributes and the module path.
void writeNode(const Graph& graph, const Node& node, int opset, onnx::NodeProto& into);
/// Name, type and shape; unknown dimensions stay open, and the shape is left out where even the rank is unknown.
void writeValueInfo(const Graph& graph, ValueId id, onnx::ValueInfoProto& into);

}  // namespace unitscope::onnxfile
