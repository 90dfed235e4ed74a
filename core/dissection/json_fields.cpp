#include "dissection/json_fields.h"

#include <cmath>
#include <fstream>
#include <system_error>

#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr std::uintmax_t kMostBytes = std::uintmax_t{512} << 20;
constexpr int kDeepest = 8;

}  // namespace

std::string plainJson(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string readJsonFile(const std::filesystem::path& file) {
  std::error_code problem;
  const std::uintmax_t bytes = std::filesystem::file_size(file, problem);
  if (problem) throw Error(file.string(), "cannot be read");
  if (bytes > kMostBytes) throw Error(file.string(), "is larger than any file of this kind");
  std::ifstream in(file, std::ios::binary);
  std::string text(static_cast<std::size_t>(bytes), '\0');
  if (!in.read(text.data(), static_cast<std::streamsize>(bytes))) throw Error(file.string(), "cannot be read");
  return text;
}

void JsonFields::fail(const std::string& reason) const {
  throw Error(origin_, reason);
}

JsonFields::Json JsonFields::parse(std::string_view text, std::string_view kind) const {
  bool tooDeep = false;
  const Json::parser_callback_t shallow = [&](int depth, Json::parse_event_t, Json&) {
    tooDeep |= depth > kDeepest;
    return depth <= kDeepest;
  };
  const Json json = Json::parse(text.begin(), text.end(), shallow, /*allow_exceptions=*/false);
  if (json.is_discarded() || tooDeep || !json.is_object()) fail("is no readable JSON of this kind");
  if (this->text(json, "kind") != kind) fail("holds something else than a " + std::string(kind));
  if (integer(json, "version", 1, kMostPixels) != 1) fail("was written by a newer version of the program");
  return json;
}

const JsonFields::Json& JsonFields::at(const Json& json, const char* name) const {
  if (!json.is_object() || !json.contains(name)) fail("\"" + std::string(name) + "\" is missing");
  return json.at(name);
}

std::int64_t JsonFields::integer(const Json& json, const char* name, std::int64_t least, std::int64_t most) const {
  const double value = at(json, name).is_number_integer() ? at(json, name).get<double>() : std::nan("");
  if (!(value >= static_cast<double>(least) && value <= static_cast<double>(most)))
    fail("\"" + std::string(name) + "\" is out of range");
  return at(json, name).get<std::int64_t>();
}

std::uint64_t JsonFields::seed(const Json& json) const {
  if (!at(json, "seed").is_number_unsigned()) fail("\"seed\" is no number");
  return at(json, "seed").get<std::uint64_t>();
}

double JsonFields::number(const Json& json, const char* name, double least, double most) const {
  const double value = at(json, name).is_number() ? at(json, name).get<double>() : std::nan("");
  if (!(value >= least && value <= most)) fail("\"" + std::string(name) + "\" is out of range");
  return value;
}

bool JsonFields::flag(const Json& json, const char* name) const {
  if (!at(json, name).is_boolean()) fail("\"" + std::string(name) + "\" is neither true nor false");
  return at(json, name).get<bool>();
}

std::string JsonFields::text(const Json& json, const char* name) const {
  if (!at(json, name).is_string()) fail("\"" + std::string(name) + "\" is no text");
  return at(json, name).get<std::string>();
}

const JsonFields::Json& JsonFields::list(const Json& json, const char* name, std::size_t most) const {
  const Json& list = at(json, name);
  if (!list.is_array() || list.size() > most) fail("\"" + std::string(name) + "\" is no list, or too long");
  return list;
}

std::vector<float> JsonFields::floats(const Json& json, const char* name, std::size_t count) const {
  const Json& from = list(json, name, count);
  if (from.size() != count) fail("\"" + std::string(name) + "\" has not " + std::to_string(count) + " numbers");
  std::vector<float> values;
  values.reserve(count);
  for (const Json& value : from) {
    const double number = value.is_number() ? value.get<double>() : std::nan("");
    if (!std::isfinite(static_cast<float>(number))) fail("\"" + std::string(name) + "\" holds something else");
    values.push_back(static_cast<float>(number));
  }
  return values;
}

}  // namespace unitscope
