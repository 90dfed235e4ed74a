#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace unitscope {

inline constexpr std::size_t kMostUnits = 1'000'000, kMostConcepts = 100'000;
inline constexpr std::int64_t kMostPixels = 1'000'000'000;

/// In one line; what is no UTF-8 is replaced.
std::string plainJson(const nlohmann::ordered_json& json);

/// Throws Error naming the file; over 512 MiB it is refused.
std::string readJsonFile(const std::filesystem::path& file);

/// Reads fields of JSON that anyone may have written. Everything throws Error(origin, reason) for what is missing, of
/// another type or out of range.
class JsonFields {
 public:
  using Json = nlohmann::ordered_json;
  explicit JsonFields(std::string origin) : origin_(std::move(origin)) {}

  [[noreturn]] void fail(const std::string& reason) const;
  /// An object whose "kind" is this one, of version 1, not deeper than such files are.
  Json parse(std::string_view text, std::string_view kind) const;
  std::int64_t integer(const Json& json, const char* name, std::int64_t least, std::int64_t most) const;
  std::uint64_t seed(const Json& json) const;
  double number(const Json& json, const char* name, double least = -std::numeric_limits<double>::max(),
                double most = std::numeric_limits<double>::max()) const;
  bool flag(const Json& json, const char* name) const;
  std::string text(const Json& json, const char* name) const;
  const Json& list(const Json& json, const char* name, std::size_t most) const;
  /// Exactly `count` of them.
  std::vector<float> floats(const Json& json, const char* name, std::size_t count) const;

 private:
  const Json& at(const Json& json, const char* name) const;
  std::string origin_;
};

}  // namespace unitscope
