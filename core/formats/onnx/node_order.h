#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include <google/protobuf/repeated_ptr_field.h>
#include <onnx/onnx_pb.h>

namespace unitscope::onnxfile {

/// Indices of the nodes in an order in which every input is computed before it is read: their own order wherever that
/// is possible, as the standard asks for. Throws Error when nodes depend on each other in a circle. Names that no node
/// writes are taken as given.
std::vector<int> evaluationOrder(const google::protobuf::RepeatedPtrField<onnx::NodeProto>& nodes);

}  // namespace unitscope::onnxfile
