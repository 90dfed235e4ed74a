#include "app/cli/unit_list.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <unordered_set>

#include "app/cli/method_choice.h"
#include "runtime/error.h"

namespace unitscope::cli {
namespace {

constexpr std::int64_t kMostUnits = 100000;

}  // namespace

std::vector<std::int64_t> unitsFrom(const std::string& text) {
  const Error wrong("--unit " + text, "must be numbers and ranges from 0, such as 16, 0-15 or 3,8,20-22");
  std::vector<std::int64_t> units;
  std::unordered_set<std::int64_t> seen;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string_view part = std::string_view(text).substr(begin, end - begin);
    const std::size_t dash = part.find('-', 1);
    const auto first = numberFrom(part.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : numberFrom(part.substr(dash + 1));
    if (!first || !last || *first < 0 || *last < *first) throw wrong;
    if (*last - *first >= kMostUnits || std::ssize(units) >= kMostUnits)
      throw Error("--unit " + text, "these are too many units");
    for (std::int64_t unit = *first; unit <= *last; ++unit)
      if (seen.insert(unit).second) units.push_back(unit);
    begin = end + 1;
  }
  return units;
}

}  // namespace unitscope::cli
