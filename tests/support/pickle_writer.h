#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/files.h"

namespace unitscope::test {

/// Pieces of a protocol 2 pickle; each function gives the code that leaves one value on the stack.
namespace pickled {

inline std::string document(const std::string& value) {
  return std::string("\x80\x02", 2) + value + ".";
}
inline std::string none() {
  return "N";
}
inline std::string boolean(bool value) {
  return value ? "\x88" : "\x89";
}
inline std::string integer(std::int32_t value) {
  return "J" + raw(value);
}
inline std::string text(std::string_view value) {
  return "X" + raw(static_cast<std::uint32_t>(value.size())) + std::string(value);
}
inline std::string global(const std::string& module, const std::string& name) {
  return "c" + module + "\n" + name + "\n";
}
inline std::string tuple(const std::vector<std::string>& items) {
  std::string code = "(";
  for (const std::string& item : items) code += item;
  return code + "t";
}
inline std::string list(const std::vector<std::string>& items) {
  std::string code = "](";
  for (const std::string& item : items) code += item;
  return code + "e";
}
inline std::string dict(const std::vector<std::pair<std::string, std::string>>& items) {
  std::string code = "}(";
  for (const auto& [key, value] : items) code += text(key) + value;
  return code + "u";
}
inline std::string call(const std::string& callee, const std::string& arguments) {
  return callee + arguments + "R";
}
inline std::string ints(const std::vector<std::int32_t>& values) {
  std::vector<std::string> items;
  for (const std::int32_t value : values) items.push_back(integer(value));
  return tuple(items);
}
/// A reference to a storage, as torch.save() writes it; `view` is the sixth item of old streams.
inline std::string storage(const std::string& type, const std::string& key, std::int32_t count,
                           const std::string& view = {}) {
  std::vector<std::string> items = {text("storage"), global("torch", type), text(key), text("cpu"), integer(count)};
  if (!view.empty()) items.push_back(view);
  return tuple(items) + "Q";
}
inline std::string tensor(const std::string& storage, std::int32_t offset, const std::vector<std::int32_t>& shape,
                          const std::vector<std::int32_t>& strides) {
  return call(global("torch._utils", "_rebuild_tensor_v2"),
              tuple({storage, integer(offset), ints(shape), ints(strides), boolean(false),
                     call(global("collections", "OrderedDict"), ")")}));
}

}  // namespace pickled
}  // namespace unitscope::test
