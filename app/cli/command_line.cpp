#include "app/cli/command_line.h"

#include <algorithm>
#include <exception>
#include <new>
#include <ostream>
#include <system_error>

#include "app/cli/commands.h"
#include "engine/model.h"
#include "runtime/error.h"

namespace unitscope::cli {
namespace {

/// First line only: libraries underneath append their own stack.
std::string firstLine(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

int perform(const Action& action, const Host& host) {
  std::string problem;
  int status = kFailed;
  {
    Console console(host);
    try {
      status = action(console);
      host.out.flush();
      if (!host.out) {
        problem = "standard output: cannot be written to";
        status = kFailed;
      }
    } catch (const Cancelled&) {
      problem = "cancelled";
    } catch (const Error& e) {
      problem = e.what();
    } catch (const std::bad_alloc&) {
      problem = "not enough memory";
    } catch (const std::exception& e) {
      problem = firstLine(e.what());
    }
  }
  if (!problem.empty()) host.err << "unitscope: " << problem << '\n';
  return status;
}

int openWindow(const std::vector<std::filesystem::path>& files, const CLI::App& root, const Host& host) {
  // A mistyped command looks like a file that is to be opened.
  for (const std::filesystem::path& file : files) {
    std::error_code ignored;
    if (std::filesystem::exists(file, ignored)) continue;
    host.err << "unitscope: " << file.string() << ": no such file, and no such command (see unitscope --help)\n";
    return kWrongUsage;
  }
  if (!host.window) {
    host.err << "unitscope: this build has no window\n";
    if (files.empty()) host.err << root.help();
    return kWrongUsage;
  }
  return host.window(files);
}

}  // namespace

int runCommandLine(const std::vector<std::string>& arguments, const Host& host) {
  CLI::App root("Looks inside vision networks. Without a command the window opens, with the files that are given.",
                "unitscope");
  Action chosen;
  std::vector<std::filesystem::path> files;
  root.add_option("FILE", files, "Networks, pictures, folders of pictures or a session, to open in the window");
  bool version = false;
  root.add_flag("--version", version, "Print the version and what it computes with");
  root.require_subcommand(0, 1);
  addInfo(root, chosen);
  addRun(root, chosen);
  addClassify(root, chosen);
  addActivations(root, chosen);
  addAttribute(root, chosen);
  addConvert(root, chosen);
  addBench(root, chosen);
  addMethods(root, chosen);
  addZoo(root, chosen);
  addJudge(root, chosen);
  addLeague(root, chosen);
  addFailures(root, chosen);
  addDissect(root, chosen);
  addNet2Vec(root, chosen);
  addChannels(root, chosen);
  addAblate(root, chosen);
  addVisualize(root, chosen);
  addGallery(root, chosen);
  addGan(root, chosen);
  addTour(root, chosen);

  // CLI11 takes them from the back.
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  try {
    root.parse(reversed);
  } catch (const CLI::Success& e) {
    return root.exit(e, host.out, host.err);
  } catch (const CLI::ParseError& e) {
    root.exit(e, host.out, host.err);
    return kWrongUsage;
  }
  if (version) {
    host.out << "unitscope " UNITSCOPE_VERSION " (" << engineDescription() << ")\n";
    return kFine;
  }
  return chosen ? perform(chosen, host) : openWindow(files, root, host);
}

}  // namespace unitscope::cli
