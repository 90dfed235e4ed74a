#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace unitscope::aten {

using Json = nlohmann::json;

/// JSON of bounded size and depth. Throws Error with the subject when it is damaged or beyond the bounds.
Json parseJson(std::string_view text, const std::string& subject);

/// A member that must be there. Throws Error with the subject.
const Json& member(const Json& object, const char* key, const std::string& subject);
/// A member, or null where it is absent or null.
const Json* memberOrNull(const Json& object, const char* key) noexcept;

}  // namespace unitscope::aten
