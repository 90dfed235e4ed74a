#pragma once

#include <functional>
#include <string>

#include "app/cli/options.h"

namespace unitscope::cli {

/// One picture, or one row of --input-npy, as the network takes it.
struct Input {
  std::string name;  ///< the file; with its row ("x.npy[2]") where a tensor holds several
  Array tensor;      ///< [1,...]
};

/// Hands the inputs to `take` one after another, so that a folder of pictures is never in memory at once. Throws Error
/// naming the file that cannot be used.
void forEachInput(const Model& model, const InputOptions& options, Console& console,
                  const std::function<void(const Input&)>& take);

/// How many there will be, where that is known without reading: pictures; 0 for --input-npy.
std::size_t pictureCount(const InputOptions& options);

/// Row by row below one another: [1,...] appended to [N,...]. Throws Error naming the input whose shape differs.
void appendRow(Array& all, const Array& row, const std::string& name);

}  // namespace unitscope::cli
