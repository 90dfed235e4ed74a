#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// ONNX files for tests, made from ONNX's own text form. Free of protobuf, so that tests which see LibTorch may
/// include it.
namespace onnxtext {

/// Serialised ModelProto. Throws std::runtime_error where the text is wrong.
std::string model(std::string_view text);

/// Adds a metadata entry (field 9, ONNX 1.16) to a node.
std::string withNodeMetadata(const std::string& bytes, int node, const std::string& key, const std::string& value);
std::string withNodeNames(const std::string& bytes, const std::vector<std::string>& names);
/// Adds a float initialiser whose bytes lie in another file.
std::string withExternal(const std::string& bytes, const std::string& name, const std::vector<std::int64_t>& shape,
                         const std::string& location, const std::string& offset, const std::string& length);
/// Adds a float initialiser with raw data, which may not fit its shape.
std::string withRaw(const std::string& bytes, const std::string& name, int type, const std::vector<std::int64_t>& shape,
                    const std::string& raw);
/// Gives an initialiser another name, one that the text form cannot spell.
std::string withRenamed(const std::string& bytes, const std::string& from, const std::string& to);
/// Puts the nodes in reverse order.
std::string withReversedNodes(const std::string& bytes);
/// Declares the graph input of this name as a sequence of float tensors.
std::string withSequenceInput(const std::string& bytes, int input);
/// Nests `depth` messages into each other behind a valid model.
std::string withDeepNesting(const std::string& bytes, int depth);

struct Facts {
  std::int64_t ir = 0;
  std::int64_t opset = 0;
  int initialisers = 0;
  int external = 0;
  std::vector<std::string> operators;  ///< without Constant
};
/// What a written file says.
Facts facts(const std::string& bytes);

}  // namespace onnxtext
