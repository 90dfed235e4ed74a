#include "attribution/parameters.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>
#include <system_error>
#include <utility>

#include "runtime/error.h"

namespace unitscope {
namespace {

// Beyond this a double no longer tells neighbouring integers apart.
constexpr double kLargestExactInteger = 9007199254740992.0;

const ParameterSpec& specOf(const MethodInfo& info, std::string_view id) {
  std::string known;
  for (const ParameterSpec& spec : info.parameters) {
    if (spec.id == id) return spec;
    known += (known.empty() ? "" : ", ") + spec.id;
  }
  throw Error(info.id,
              "has no parameter '" + std::string(id) + "'; " + (known.empty() ? "it takes none" : "it takes " + known));
}

[[noreturn]] void refuse(const MethodInfo& info, const ParameterSpec& spec, const std::string& reason) {
  throw Error(info.id + " " + spec.id, reason);
}

std::string shown(double number) {
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text << number;
  return text.str();
}

/// Equal bounds mean that every number is allowed.
void checkRange(const MethodInfo& info, const ParameterSpec& spec, double value) {
  if (!std::isfinite(value)) refuse(info, spec, "must be a number");
  if (spec.minimum < spec.maximum && (value < spec.minimum || value > spec.maximum))
    refuse(info, spec, shown(value) + " is out of range: from " + shown(spec.minimum) + " to " + shown(spec.maximum));
}

bool parseFlag(const MethodInfo& info, const ParameterSpec& spec, std::string_view text) {
  for (const std::string_view yes : {"true", "1", "on", "yes"})
    if (text == yes) return true;
  for (const std::string_view no : {"false", "0", "off", "no"})
    if (text == no) return false;
  refuse(info, spec, "'" + std::string(text) + "' is neither true nor false");
}

template <class T>
T parseNumber(const MethodInfo& info, const ParameterSpec& spec, std::string_view text, const char* kind) {
  T value{};
  const std::string_view digits = text.starts_with('+') ? text.substr(1) : text;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (problem == std::errc::result_out_of_range) refuse(info, spec, "'" + std::string(text) + "' is too large");
  if (problem != std::errc() || end != digits.data() + digits.size())
    refuse(info, spec, "'" + std::string(text) + "' is not " + kind);
  return value;
}

/// `value` as the parameter's own type: integers serve as numbers, and whole numbers as integers.
ParameterValue converted(const MethodInfo& info, const ParameterSpec& spec, ParameterValue value) {
  if (value.index() == spec.fallback.index()) return value;
  if (std::holds_alternative<double>(spec.fallback) && std::holds_alternative<std::int64_t>(value))
    return static_cast<double>(std::get<std::int64_t>(value));
  if (std::holds_alternative<std::int64_t>(spec.fallback) && std::holds_alternative<double>(value)) {
    const double number = std::get<double>(value);
    if (std::abs(number) <= kLargestExactInteger && std::trunc(number) == number)
      return static_cast<std::int64_t>(number);
    refuse(info, spec, "must be a whole number");
  }
  refuse(info, spec, "is of another type than the value given");
}

template <class T>
const T& valueOf(const std::map<std::string, ParameterValue, std::less<>>& values, std::string_view id) {
  const auto it = values.find(id);
  if (it == values.end()) throw Error("parameter " + std::string(id), "is not one of this method's");
  const T* value = std::get_if<T>(&it->second);
  if (value == nullptr) throw Error("parameter " + std::string(id), "was asked for as another type than it has");
  return *value;
}

}  // namespace

ParameterValues::ParameterValues(const MethodInfo& info) {
  for (const ParameterSpec& spec : info.parameters) values_.emplace(spec.id, spec.fallback);
}

void ParameterValues::set(const MethodInfo& info, std::string_view id, std::string_view text) {
  const ParameterSpec& spec = specOf(info, id);
  if (std::holds_alternative<bool>(spec.fallback)) return set(info, id, ParameterValue(parseFlag(info, spec, text)));
  if (std::holds_alternative<std::int64_t>(spec.fallback))
    return set(info, id, ParameterValue(parseNumber<std::int64_t>(info, spec, text, "a whole number")));
  if (std::holds_alternative<double>(spec.fallback))
    return set(info, id, ParameterValue(parseNumber<double>(info, spec, text, "a number")));
  set(info, id, ParameterValue(std::string(text)));
}

void ParameterValues::set(const MethodInfo& info, std::string_view id, ParameterValue value) {
  const ParameterSpec& spec = specOf(info, id);
  value = converted(info, spec, std::move(value));
  if (const auto* integer = std::get_if<std::int64_t>(&value)) checkRange(info, spec, static_cast<double>(*integer));
  if (const auto* number = std::get_if<double>(&value)) checkRange(info, spec, *number);
  if (const auto* text = std::get_if<std::string>(&value); text != nullptr && !spec.choices.empty()) {
    if (std::ranges::count(spec.choices, *text) == 0) {
      std::string known;
      for (const std::string& choice : spec.choices) known += (known.empty() ? "" : ", ") + choice;
      refuse(info, spec, "'" + *text + "' is not one of " + known);
    }
  }
  values_.insert_or_assign(spec.id, std::move(value));
}

ParameterValues ParameterValues::completed(const MethodInfo& info) const {
  ParameterValues whole(info);
  for (const auto& [id, value] : values_) whole.set(info, id, value);
  return whole;
}

bool ParameterValues::flag(std::string_view id) const {
  return valueOf<bool>(values_, id);
}
std::int64_t ParameterValues::integer(std::string_view id) const {
  return valueOf<std::int64_t>(values_, id);
}
double ParameterValues::number(std::string_view id) const {
  return valueOf<double>(values_, id);
}
const std::string& ParameterValues::text(std::string_view id) const {
  return valueOf<std::string>(values_, id);
}

}  // namespace unitscope
