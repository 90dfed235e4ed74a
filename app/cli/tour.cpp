#include "app/cli/commands.h"
#include "runtime/error.h"

namespace unitscope::cli {

void addTour(CLI::App& root, Action& chosen) {
  auto folder = std::make_shared<std::filesystem::path>();
  CLI::App* command =
      root.add_subcommand("tour", "Every workspace on a built-in network, as pictures, without a display");
  command->add_option("--out", *folder, "Folder for the pictures")->required();
  command->callback([folder, &chosen] {
    chosen = [folder](Console& console) {
      if (!console.host().tour) throw Error("tour", "this build has no window");
      return console.host().tour(*folder);
    };
  });
}

}  // namespace unitscope::cli
