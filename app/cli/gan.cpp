#include "app/cli/commands.h"

namespace unitscope::cli {

void addGan(CLI::App& root, Action& chosen) {
  CLI::App* command = root.add_subcommand("gan", "Generators: samples, units, latent directions");
  command->require_subcommand(1);
  addGanInfo(*command, chosen);
  addGanSample(*command, chosen);
  addGanDirections(*command, chosen);
  addGanBoundary(*command, chosen);
  addGanWalk(*command, chosen);
  addGanDissect(*command, chosen);
  addGanUnits(*command, chosen);
  addGanEdit(*command, chosen);
  addGanArtifacts(*command, chosen);
  addGanInvert(*command, chosen);
  addGanDomain(*command, chosen);
  addGanExport(*command, chosen);
  addGanAttributes(*command, chosen);
  addGanRescore(*command, chosen);
}

}  // namespace unitscope::cli
