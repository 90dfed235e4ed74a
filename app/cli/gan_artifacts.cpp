#include <algorithm>
#include <iomanip>
#include <ostream>

#include "app/cli/commands.h"
#include "app/cli/files.h"
#include "app/cli/gan_options.h"
#include "app/cli/json_text.h"
#include "app/cli/unit_list.h"
#include "gan/artifact_units.h"
#include "gan/gan_dissection.h"
#include "gan/unit_edits_file.h"
#include "runtime/atomic_file.h"
#include "runtime/error.h"

namespace unitscope::cli {
namespace {

struct ArtifactOptions {
  GeneratorOptions generator;
  LatentOptions latents;
  RepairQuestion repair;
  std::vector<std::string> layers;
  std::vector<std::filesystem::path> masks;
  std::string bad, lens;
  std::filesystem::path edits;
  std::int64_t units = 8;
  bool measure = true, json = false;
};

/// Rows of the samples by their seeds where these are given, else by number.
std::vector<std::int64_t> badRows(const ArtifactOptions& options) {
  std::vector<std::int64_t> rows = unitsFrom(options.bad);
  if (!options.latents.latents.empty()) return rows;
  const std::vector<std::int64_t> seeds = unitsFrom(options.latents.seeds);
  for (std::int64_t& row : rows) {
    const auto found = std::ranges::find(seeds, row);
    if (found == seeds.end()) throw Error("--bad", "seed " + std::to_string(row) + " is none of --seeds");
    row = found - seeds.begin();
  }
  return rows;
}

/// Masks [N,h,w] of all samples.
std::vector<ArtifactQuestion::Region> regionsFrom(const std::filesystem::path& file) {
  const Array all = readNpyFloats(file);
  if (all.shape.size() != 3) throw Error(file.string(), "must be masks [N,h,w], one for each sample");
  const auto size = static_cast<std::size_t>(all.shape[1] * all.shape[2]);
  std::vector<ArtifactQuestion::Region> regions;
  for (std::int64_t row = 0; row < all.shape[0]; ++row) {
    const auto begin = all.values.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(row) * size);
    regions.push_back({row, {{all.shape[1], all.shape[2]}, {begin, begin + static_cast<std::ptrdiff_t>(size)}}});
  }
  return regions;
}

int perform(ArtifactOptions options, Console& console) {
  const std::shared_ptr<Generator> generator = openGenerator(options.generator, console);
  ArtifactQuestion question;
  question.samples = questionFrom(options.latents, *generator);
  if (!options.bad.empty()) question.bad = badRows(options);
  for (const auto& file : options.masks)
    for (ArtifactQuestion::Region& region : regionsFrom(file)) question.regions.push_back(std::move(region));
  std::vector<std::string> layers = options.layers;
  if (layers.empty()) layers = generatorLayers(*generator, console.cancel());

  Json json{{"model", options.generator.model.model}, {"layers", Json::array()}};
  std::ostream& out = console.out();
  std::vector<ArtifactUnit> best;
  std::string bestLayer;
  double most = 0.0;
  for (const std::string& layer : layers) {
    question.layer = layer;
    const std::vector<ArtifactUnit> ranked =
        rankArtifactUnits(*generator, question, console.progress("comparing units"), console.cancel());
    console.clearProgress();
    Json units = Json::array();
    double score = 0.0;
    if (!options.json) out << std::left << std::setw(20) << layer << std::right;
    for (std::size_t i = 0; i < ranked.size() && i < static_cast<std::size_t>(options.units); ++i) {
      const ArtifactUnit& unit = ranked[i];
      score += unit.score;
      units.push_back(
          {{"unit", unit.unit}, {"score", unit.score}, {"there", unit.there}, {"elsewhere", unit.elsewhere}});
      if (!options.json) out << ' ' << unit.unit << " (" << std::setprecision(2) << unit.score << ')';
    }
    if (!options.json) out << '\n';
    json["layers"].push_back({{"layer", layer}, {"units", std::move(units)}});
    if (!bestLayer.empty() && score <= most) continue;
    most = score;
    best = ranked;
    bestLayer = layer;
  }
  const UnitEdit repair = ablationOf(bestLayer, best, options.units);
  options.repair.edits = question.samples.edits;
  options.repair.edits.push_back(repair);
  if (!options.edits.empty()) writeFileAtomically(options.edits, toJson({repair}));
  json["repair"] = {{"layer", bestLayer}, {"units", repair.change.units}};
  if (options.measure) {
    options.repair.lens = openSecond(options.generator, options.lens, console);
    options.repair.truncation = options.latents.truncation;
    if (question.samples.classes.shape.size() == 2 && question.samples.classes.shape.front() == 1)
      options.repair.classes = question.samples.classes;
    const RepairEffect effect =
        measureRepair(*generator, options.repair, console.progress("measuring"), console.cancel());
    console.clearProgress();
    json["frechet"] = {{"before", effect.before},
                       {"after", effect.after},
                       {"reference", effect.reference},
                       {"samples", effect.samples},
                       {"reference_pictures", effect.referenceCount}};
    if (!options.json)
      out << '\n'
          << repair.change.units.size() << " units of " << bestLayer << " off: Fréchet distance to "
          << effect.referenceCount << " pictures of " << options.repair.reference << ' ' << std::setprecision(4)
          << effect.before << " before, " << effect.after << " after; halves of the reference " << effect.reference
          << '\n';
  }
  if (options.json) printJson(out, json);
  return kFine;
}

}  // namespace

void addGanArtifacts(CLI::App& gan, Action& chosen) {
  auto options = std::make_shared<ArtifactOptions>();
  RepairQuestion& repair = options->repair;
  CLI::App* command = gan.add_subcommand("artifacts", "Units that are active where samples came out badly");
  addGeneratorOptions(*command, options->generator);
  addLatentOptions(*command, options->latents);
  command->add_option("--bad", options->bad, "Bad samples, as 3,8,20-22: seeds, or rows of --latents");
  command->add_option("--bad-regions", options->masks, "npy: masks [N,h,w], 1 where a sample is bad. Repeatable")
      ->allow_extra_args(false);
  command->add_option("--layer", options->layers, "Layer (default: all behind nonlinearities). Repeatable")
      ->allow_extra_args(false);
  command->add_option("--units", options->units, "Units to list, and to switch off in the layer that fits best")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{100000}))
      ->capture_default_str();
  command->add_option("--samples", repair.samples, "Pictures to draw for the Fréchet distance")
      ->check(CLI::Range(std::int64_t{4}, std::int64_t{1000000}))
      ->capture_default_str();
  command->add_option("--reference", repair.reference, "What they are compared with: scenes, or a folder of pictures")
      ->capture_default_str();
  command->add_option("--reference-count", repair.referenceCount, "Pictures of it")
      ->check(CLI::Range(std::int64_t{4}, std::int64_t{1000000}))
      ->capture_default_str();
  command->add_option("--lens", options->lens,
                      "Network whose features are compared (default: the built-in scene-classifier)");
  command->add_option("--features", repair.features, "Layer of it (default: what goes into its last weights)");
  command->add_flag("!--no-distance", options->measure, "Only ranks units");
  command->add_option("--edits-out", options->edits, "Writes the repair, for --layer-edits");
  addJsonFlag(*command, options->json);
  command->callback(
      [options, &chosen] { chosen = [options](Console& console) { return perform(*options, console); }; });
}

}  // namespace unitscope::cli
