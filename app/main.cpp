// Starts the command line or, where this build has one, the window.
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <unistd.h>
#include <vector>

#include "app/cli/command_line.h"

#ifdef UNITSCOPE_HAS_WINDOW
#include "app/main_gui.h"
#include "app/tour.h"
#endif

namespace {

// A signal handler reaches nothing but what outlives everything.
const unitscope::CancelToken* interrupted = nullptr;

extern "C" void onInterrupt(int) {
  interrupted->cancel();
}

/// The first Ctrl-C asks the command to stop, so that it leaves nothing half-written; the second one kills.
void listenForInterrupts(const unitscope::CancelToken& cancel) {
  interrupted = &cancel;
  struct sigaction action = {};
  action.sa_handler = onInterrupt;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  static const unitscope::CancelToken cancel;
  unitscope::cli::Host host{std::cout, std::cerr, isatty(STDERR_FILENO) != 0, cancel, {}, {}};
#ifdef UNITSCOPE_HAS_WINDOW
  host.window = [&](const std::vector<std::filesystem::path>& files) {
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
    return unitscope::runWindow(argc, argv, files);
  };
  host.tour = [&](const std::filesystem::path& folder) { return unitscope::runTour(argc, argv, folder); };
#endif
  listenForInterrupts(cancel);
  return unitscope::cli::runCommandLine(arguments, host);
}
