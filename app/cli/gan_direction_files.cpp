#include "app/cli/gan_direction_files.h"

#include <filesystem>

#include "app/cli/method_choice.h"
#include "gan/directions_file.h"
#include "runtime/error.h"

namespace unitscope::cli {

std::vector<LatentDirection> readDirections(const std::string& text) {
  std::error_code ignored;
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || std::filesystem::exists(text, ignored)) return loadDirections(text);
  const auto row = numberFrom(std::string_view(text).substr(colon + 1));
  if (!row) return loadDirections(text);
  std::vector<LatentDirection> all = loadDirections(text.substr(0, colon));
  if (*row < 0 || *row >= static_cast<std::int64_t>(all.size()))
    throw Error(text, "the file has directions 0 to " + std::to_string(all.size() - 1));
  return {all[static_cast<std::size_t>(*row)]};
}

LatentDirection readDirection(const std::string& text) {
  std::vector<LatentDirection> all = readDirections(text);
  if (all.size() > 1)
    throw Error(text, "has " + std::to_string(all.size()) + " directions; say which, as in " + text + ":0");
  return all.front();
}

}  // namespace unitscope::cli
