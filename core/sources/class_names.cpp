#include "sources/class_names.h"

#include <algorithm>
#include <cctype>

namespace unitscope {

std::string plainClassName(std::string_view name) {
  std::string plain;
  for (const char c : name)
    plain += c == '_' || c == '-' ? ' ' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (plain.size() > 3 && plain.back() == 's' && plain[plain.size() - 2] != 's') plain.pop_back();
  return plain;
}

std::int64_t classNamed(const std::vector<std::string>& labels, std::string_view name) {
  const std::string wanted = plainClassName(name);
  const auto found =
      std::ranges::find_if(labels, [&](const std::string& label) { return plainClassName(label) == wanted; });
  return found != labels.end() ? found - labels.begin() : -1;
}

}  // namespace unitscope
