#pragma once

#include <filesystem>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "runtime/progress.h"

namespace unitscope::cli {

/// Where the command line runs: its streams, what stops it, and the window of the builds that have one.
struct Host {
  std::ostream& out;
  std::ostream& err;
  bool errIsTerminal = false;  ///< then progress is shown without being asked for
  CancelToken cancel;
  /// Opens the window with these files and returns its exit code; empty in builds without one.
  std::function<int(const std::vector<std::filesystem::path>& files)> window;
  /// Writes pictures of every workspace into the folder; empty in builds without a window.
  std::function<int(const std::filesystem::path& folder)> tour;
};

/// Exit codes, on which scripts depend.
inline constexpr int kFine = 0;
inline constexpr int kFailed = 1;
inline constexpr int kWrongUsage = 2;

/// Runs one command as typed, without the program's name: {"info", "model.onnx"}. Never throws: what goes wrong is
/// written to host.err, naming the file or option, and comes back as kFailed or kWrongUsage.
int runCommandLine(const std::vector<std::string>& arguments, const Host& host);

/// docs/methods.md: every method with its description, citation and parameters, made from the registry.
std::string methodsAsMarkdown();

}  // namespace unitscope::cli
