#include "app/cli/method_choice.h"

#include <algorithm>
#include <charconv>

#include "runtime/error.h"

namespace unitscope::cli {

const MethodInfo& findMethod(const std::vector<MethodInfo>& methods, const std::string& id) {
  const auto found = std::ranges::find(methods, id, &MethodInfo::id);
  if (found != methods.end()) return *found;
  std::string ids;
  for (const MethodInfo& info : methods) ids += (ids.empty() ? "" : ", ") + info.id;
  throw Error("--method " + id, "there is no such method; there are " + ids);
}

ParameterValues parametersFrom(const MethodInfo& info, const std::vector<std::string>& settings) {
  ParameterValues values(info);
  for (const std::string& text : settings) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) throw Error("--set " + text, "must have the form name=value");
    values.set(info, std::string_view(text).substr(0, equals), std::string_view(text).substr(equals + 1));
  }
  return values;
}

std::optional<std::int64_t> numberFrom(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::int64_t classFrom(const std::string& option, const std::string& text, const Model& model) {
  if (text.empty()) return -1;
  if (const auto index = numberFrom(text)) {
    if (*index < 0) throw Error(option + " " + text, "must not be negative");
    return *index;
  }
  const std::vector<std::string>& labels = model.card().labels;
  const auto found = std::ranges::find(labels, text);
  if (found == labels.end()) throw Error(option + " " + text, "is neither a number nor a label of this network");
  return found - labels.begin();
}

}  // namespace unitscope::cli
