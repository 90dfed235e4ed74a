#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "app/cli/inputs.h"

namespace unitscope::cli {

/// What `activations --nmf` is asked.
struct GroupOptions {
  std::int64_t count = 0;  ///< 0: no groups
  std::int64_t steps = 200;
  std::uint64_t seed = 0;
  std::string target;
  std::filesystem::path out, directions;
  double opacity = 0.8;
};

/// --nmf, and what needs it.
void addGroupOptions(CLI::App& command, GroupOptions& options);

/// Groups the units of a layer over the inputs, prints and writes them.
int performGroups(Model& model, const InputOptions& input, const std::string& layer, const GroupOptions& options,
                  const std::filesystem::path& npy, bool json, Console& console);

}  // namespace unitscope::cli
