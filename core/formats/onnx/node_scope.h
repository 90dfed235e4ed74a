#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <onnx/onnx_pb.h>

namespace unitscope::onnxfile {

/// Where PyTorch's exporter keeps the module path of a node.
inline constexpr std::string_view kScopesKey = "pkg.torch.onnx.name_scopes";

/// A text field of a message that the installed ONNX headers do not know yet; empty when it is absent.
std::string unknownText(const google::protobuf::Message& message, int field);

/// Metadata of a node (`metadata_props`, ONNX 1.16; the field is read from what older headers call unknown).
std::string nodeMetadata(const onnx::NodeProto& node, std::string_view key);

/// The names in a printed Python list of strings: "['', 'features', 'conv2d']". Empty when the text is none.
std::vector<std::string> parseNameList(std::string_view text);

/// Module path of a node: from PyTorch's metadata, else from the node's name; empty when neither tells.
std::string scopeOf(const onnx::NodeProto& node);

}  // namespace unitscope::onnxfile
