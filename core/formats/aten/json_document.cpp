#include "formats/aten/json_document.h"

#include "runtime/error.h"

namespace unitscope::aten {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{96} << 20U;
constexpr int kMaxDepth = 100;

}  // namespace

Json parseJson(std::string_view text, const std::string& subject) {
  if (text.size() > kMaxBytes) throw Error(subject, "holds a description of the network that is too large");
  const auto bounded = [&](int depth, Json::parse_event_t, Json&) {
    if (depth > kMaxDepth) throw Error(subject, "holds JSON that is nested too deeply");
    return true;
  };
  try {
    return Json::parse(text, bounded);
  } catch (const Json::exception&) {
    throw Error(subject, "holds damaged JSON");
  }
}

const Json& member(const Json& object, const char* key, const std::string& subject) {
  const Json* found = memberOrNull(object, key);
  if (found == nullptr) throw Error(subject, "its description of the network lacks '" + std::string(key) + "'");
  return *found;
}

const Json* memberOrNull(const Json& object, const char* key) noexcept {
  if (!object.is_object()) return nullptr;
  const auto it = object.find(key);
  return it != object.end() && !it->is_null() ? &*it : nullptr;
}

}  // namespace unitscope::aten
