#include "formats/onnx/node_scope.h"

#include <algorithm>

#include <google/protobuf/unknown_field_set.h>

#include "graph/layers.h"

namespace unitscope::onnxfile {
namespace {

constexpr int kNodeMetadataField = 9;
constexpr std::size_t kLongestScope = 1024;
constexpr std::ptrdiff_t kDeepestScope = 64;

}  // namespace

std::string unknownText(const google::protobuf::Message& message, int field) {
  const auto& unknown = message.GetReflection()->GetUnknownFields(message);
  for (int i = 0; i < unknown.field_count(); ++i)
    if (unknown.field(i).number() == field &&
        unknown.field(i).type() == google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED)
      return unknown.field(i).length_delimited();
  return {};
}

std::string nodeMetadata(const onnx::NodeProto& node, std::string_view key) {
  const auto& unknown = node.unknown_fields();
  for (int i = 0; i < unknown.field_count(); ++i) {
    const auto& field = unknown.field(i);
    if (field.number() != kNodeMetadataField || field.type() != google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED)
      continue;
    onnx::StringStringEntryProto entry;
    if (entry.ParsePartialFromString(field.length_delimited()) && entry.key() == key) return entry.value();
  }
  return {};
}

std::vector<std::string> parseNameList(std::string_view text) {
  std::vector<std::string> names;
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') return names;
  text = text.substr(1, text.size() - 2);
  while (!text.empty()) {
    const std::size_t open = text.find_first_of("'\"");
    if (open == std::string_view::npos) break;
    const char quote = text[open];
    std::string name;
    std::size_t at = open + 1;
    for (; at < text.size() && text[at] != quote; ++at) {
      if (text[at] == '\\' && at + 1 < text.size()) ++at;
      name += text[at];
    }
    if (at >= text.size()) return {};
    names.push_back(std::move(name));
    text.remove_prefix(at + 1);
  }
  return names;
}

std::string scopeOf(const onnx::NodeProto& node) {
  std::string scope;
  const std::vector<std::string> path = parseNameList(nodeMetadata(node, kScopesKey));
  // The last name is the operator's, the one before it the full path of the module.
  if (path.size() >= 2)
    scope = path[path.size() - 2];
  else if (path.empty())
    scope = scopeFromNodeName(node.name());
  const bool sane = scope.size() <= kLongestScope && std::ranges::count(scope, '.') < kDeepestScope;
  return sane ? scope : std::string();
}

}  // namespace unitscope::onnxfile
