#pragma once

#include <map>
#include <memory>
#include <string>

#include <onnx/onnx_pb.h>

#include "formats/onnx/external_data.h"
#include "graph/graph.h"

namespace unitscope::onnxfile {

/// Values that a function call gives to the attributes its body refers to.
using AttributeBindings = std::map<std::string, Attribute, std::less<>>;

/// All attributes of a node. Those that refer to an attribute of the enclosing function take its bound value, or are
/// left out where the call gives none. Throws Error naming the attribute that is a graph, type or sparse tensor.
AttributeBindings readAttributes(const onnx::NodeProto& node, const AttributeBindings& bindings,
                                 const std::shared_ptr<const void>& owner, ExternalData& external);

/// One attribute; `owner` keeps the message alive that it lies in.
Attribute readAttribute(const onnx::AttributeProto& attribute, const std::shared_ptr<const void>& owner,
                        ExternalData& external);

}  // namespace unitscope::onnxfile
