#pragma once

#include "app/cli/options.h"

namespace unitscope::cli {

// Each adds one subcommand to `root`; when it is the one typed, its action is left in `chosen`.
void addInfo(CLI::App& root, Action& chosen);
void addRun(CLI::App& root, Action& chosen);
void addClassify(CLI::App& root, Action& chosen);
void addActivations(CLI::App& root, Action& chosen);
void addAttribute(CLI::App& root, Action& chosen);
void addConvert(CLI::App& root, Action& chosen);
void addBench(CLI::App& root, Action& chosen);
void addMethods(CLI::App& root, Action& chosen);
void addZoo(CLI::App& root, Action& chosen);
void addJudge(CLI::App& root, Action& chosen);
void addLeague(CLI::App& root, Action& chosen);
void addFailures(CLI::App& root, Action& chosen);
void addDissect(CLI::App& root, Action& chosen);
void addNet2Vec(CLI::App& root, Action& chosen);
void addChannels(CLI::App& root, Action& chosen);
void addAblate(CLI::App& root, Action& chosen);
void addVisualize(CLI::App& root, Action& chosen);
void addGallery(CLI::App& root, Action& chosen);
void addGan(CLI::App& root, Action& chosen);
void addTour(CLI::App& root, Action& chosen);

/// Of `zoo`, as above of the root.
void addCatalogue(CLI::App& zoo, Action& chosen);

/// Of `gallery`, as above of the root.
void addGalleryShow(CLI::App& gallery, Action& chosen);
void addGallerySheet(CLI::App& gallery, Action& chosen);

/// Of `gan`, as above of the root.
void addGanInfo(CLI::App& gan, Action& chosen);
void addGanSample(CLI::App& gan, Action& chosen);
void addGanDirections(CLI::App& gan, Action& chosen);
void addGanBoundary(CLI::App& gan, Action& chosen);
void addGanWalk(CLI::App& gan, Action& chosen);
void addGanDissect(CLI::App& gan, Action& chosen);
void addGanUnits(CLI::App& gan, Action& chosen);
void addGanEdit(CLI::App& gan, Action& chosen);
void addGanArtifacts(CLI::App& gan, Action& chosen);
void addGanInvert(CLI::App& gan, Action& chosen);
void addGanDomain(CLI::App& gan, Action& chosen);
void addGanExport(CLI::App& gan, Action& chosen);
void addGanAttributes(CLI::App& gan, Action& chosen);
void addGanRescore(CLI::App& gan, Action& chosen);

}  // namespace unitscope::cli
