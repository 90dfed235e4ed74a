#include <iomanip>
#include <ostream>
#include <sstream>

#include "app/cli/commands.h"
#include "app/cli/gan_options.h"
#include "app/cli/json_text.h"
#include "gan/gan_dissection.h"
#include "runtime/error.h"

namespace unitscope::cli {
namespace {

struct DissectOptions {
  GeneratorOptions generator;
  GanDissectQuestion question;
  std::string segmenter;
  std::filesystem::path out;
  std::int64_t classNumber = -1;
  bool plain = false, json = false;
};

std::string fixed(double value, int digits) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(digits) << value;
  return text.str();
}

Json unitJson(const GanDissection& dissection, std::size_t layer, const UnitConcepts& unit) {
  const GanLayerTables& tables = dissection.tables[layer];
  Json json{{"unit", unit.unit}, {"dead", unit.dead}, {"detector", unit.detects >= 0}, {"best", Json::array()}};
  for (const ConceptMatch& match : unit.best) {
    const auto entry = static_cast<std::size_t>(unit.unit * tables.ratio.shape.at(1) + match.conceptIndex);
    json["best"].push_back({{"concept", dissection.found.concepts[static_cast<std::size_t>(match.conceptIndex)].name},
                            {"iou", match.iou},
                            {"ratio", tables.ratio.values.at(entry)},
                            {"threshold", tables.thresholds.values.at(entry)},
                            {"high", tables.high.values.at(entry)}});
  }
  return json;
}

void print(std::ostream& out, const GanDissection& dissection) {
  const Dissection& found = dissection.found;
  out << std::left << std::setw(20) << "layer" << std::right << std::setw(9) << "map" << std::setw(7) << "units"
      << std::setw(7) << "dead" << std::setw(11) << "detectors" << std::setw(8) << "unique"
      << "  of them\n";
  for (const LayerDissection& layer : found.layers) {
    std::int64_t dead = 0;
    for (const UnitConcepts& unit : layer.units) dead += unit.dead;
    out << std::left << std::setw(20) << layer.layer << std::right << std::setw(9)
        << std::to_string(layer.height) + "x" + std::to_string(layer.width) << std::setw(7) << layer.units.size()
        << std::setw(7) << dead << std::setw(11) << layer.detectors << std::setw(8) << layer.unique << ' ';
    for (const CategoryCount& category : layer.categories)
      if (category.detectors > 0) out << ' ' << category.detectors << ' ' << category.category;
    out << '\n';
  }
  out << '\n'
      << std::left << std::setw(16) << "concept" << std::right << std::setw(8) << "pixels"
      << "  best units\n";
  for (std::size_t k = 0; k < found.concepts.size(); ++k) {
    const auto index = static_cast<std::int64_t>(k);
    const std::size_t layer = bestLayerFor(dissection, index);
    out << std::left << std::setw(16) << found.concepts[k].name << std::right << std::setw(6)
        << fixed(100.0 * found.concepts[k].share, 2) << " %  " << std::left << std::setw(20)
        << found.layers[layer].layer;
    for (const UnitMatch& unit : unitsForConcept(found, layer, index, 4))
      out << ' ' << unit.unit << " (" << fixed(unit.iou, 3) << ')';
    out << '\n';
  }
  out << '\n'
      << found.pictures << " samples, named by " << dissection.segmenter << ", IoU from " << found.iouThreshold << "; "
      << fixed(found.seconds, 1) << " s\n";
}

int perform(DissectOptions options, Console& console) {
  const std::shared_ptr<Generator> generator = openGenerator(options.generator, console);
  options.question.segmenter = openSecond(options.generator, options.segmenter, console);
  options.question.colors = !options.plain;
  if (options.classNumber >= 0) options.question.classes = generator->oneClass(options.classNumber);
  const GanDissection dissection =
      dissectGenerator(*generator, options.question, console.progress("dissecting"), console.cancel());
  console.clearProgress();
  if (!options.out.empty()) saveGanDissection(dissection, options.out);
  if (!options.json) {
    print(console.out(), dissection);
    return kFine;
  }
  const Dissection& found = dissection.found;
  Json json{{"model", options.generator.model.model},
            {"segmenter", dissection.segmenter},
            {"samples", found.pictures},
            {"seed", found.seed},
            {"truncation", dissection.truncation},
            {"iou_threshold", found.iouThreshold},
            {"seconds", found.seconds},
            {"concepts", Json::array()},
            {"layers", Json::array()}};
  for (const DissectedConcept& one : found.concepts)
    json["concepts"].push_back(
        {{"name", one.name}, {"category", one.category}, {"share", one.share}, {"samples", one.pictures}});
  for (std::size_t l = 0; l < found.layers.size(); ++l) {
    const LayerDissection& layer = found.layers[l];
    Json one{
        {"layer", layer.layer}, {"detectors", layer.detectors}, {"unique", layer.unique}, {"units", Json::array()}};
    for (const UnitConcepts& unit : layer.units) one["units"].push_back(unitJson(dissection, l, unit));
    json["layers"].push_back(std::move(one));
  }
  printJson(console.out(), json);
  return kFine;
}

}  // namespace

void addGanDissect(CLI::App& gan, Action& chosen) {
  auto options = std::make_shared<DissectOptions>();
  GanDissectQuestion& question = options->question;
  CLI::App* command = gan.add_subcommand("dissect", "Which concepts the units of a generator draw");
  addGeneratorOptions(*command, options->generator);
  command->add_option("--out", options->out, "Write all of it here, as JSON that the window and gan units open");
  command
      ->add_option("--layers,--layer", question.layers, "Layers, as a,b or repeated (default: after each nonlinearity)")
      ->delimiter(',')
      ->allow_extra_args(false);
  command->add_option("--samples", question.samples, "Pictures to draw")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1000000}))
      ->capture_default_str();
  command->add_option("--seed", question.firstSeed, "Of the first sample")->capture_default_str();
  command->add_option("--truncation", question.truncation, "Of the samples")->capture_default_str();
  command->add_option("--class", options->classNumber, "One class for all samples");
  command->add_option("--segmenter", options->segmenter,
                      "Segmentation network that names the pixels (default: the built-in scene-segmenter)");
  command->add_option("--iou", question.iouThreshold, "IoU from which a unit is a detector")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command->add_flag("--no-colors", options->plain, "Leaves out the colours as concepts");
  addJsonFlag(*command, options->json);
  command->callback(
      [options, &chosen] { chosen = [options](Console& console) { return perform(*options, console); }; });
}

}  // namespace unitscope::cli
