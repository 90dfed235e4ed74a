#include "dissection/dissect.h"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <ostream>
#include <sstream>

#include "app/cli/commands.h"
#include "app/cli/json_text.h"
#include "dissection/concept_effect.h"
#include "dissection/dissection_file.h"
#include "runtime/atomic_file.h"

namespace unitscope::cli {
namespace {

struct DissectOptions {
  ModelOptions model;
  DissectQuestion question;
  ConceptEffectQuestion effect;
  std::string segmenter;
  std::filesystem::path out, csv;
  bool plain = false, json = false;
  std::int64_t effects = 0;
};

std::string number(double value, int digits) {
  if (std::isnan(value)) return "-";
  std::ostringstream text;
  text << std::fixed << std::setprecision(digits) << value;
  return text.str();
}

/// A summary of each layer and the label of each unit; the file of --out has the whole matrices.
Json summaryJson(const Dissection& dissection) {
  Json json{
      {"model", dissection.model},       {"data", dissection.data},          {"seed", dissection.seed},
      {"pictures", dissection.pictures}, {"top_share", dissection.topShare}, {"iou_threshold", dissection.iouThreshold},
      {"seconds", dissection.seconds},   {"concepts", Json::array()},        {"layers", Json::array()}};
  for (const DissectedConcept& one : dissection.concepts)
    json["concepts"].push_back(
        {{"name", one.name}, {"category", one.category}, {"share", one.share}, {"pictures", one.pictures}});
  const auto matchJson = [&](const ConceptMatch& match) {
    return Json{{"concept", dissection.concepts[static_cast<std::size_t>(match.conceptIndex)].name},
                {"iou", match.iou}};
  };
  for (const LayerDissection& layer : dissection.layers) {
    Json one{{"layer", layer.layer},   {"units", layer.units.size()},     {"detectors", layer.detectors},
             {"unique", layer.unique}, {"share_error", layer.shareError}, {"categories", Json::object()},
             {"labels", Json::array()}};
    for (const CategoryCount& category : layer.categories)
      one["categories"][category.category] = {{"detectors", category.detectors}, {"unique", category.unique}};
    for (const UnitConcepts& unit : layer.units) {
      Json label{{"unit", unit.unit},
                 {"threshold", unit.threshold},
                 {"dead", unit.dead},
                 {"detector", unit.detects >= 0},
                 {"best", Json::array()}};
      for (const ConceptMatch& match : unit.best) label["best"].push_back(matchJson(match));
      one["labels"].push_back(std::move(label));
    }
    json["layers"].push_back(std::move(one));
  }
  return json;
}

Json effectsJson(const ConceptEffects& effects) {
  Json json{{"layer", effects.layer},      {"pictures", effects.pictures},
            {"labels", effects.labels},    {"average_precision", effects.averagePrecision},
            {"with_class", effects.named}, {"own_class_most", effects.own},
            {"concepts", Json::array()}};
  for (const ConceptEffect& effect : effects.concepts) {
    Json one{{"concept", effect.name},
             {"category", effect.category},
             {"units", Json::array()},
             {"score_drop", effect.scoreDrop},
             {"probability_drop", effect.probabilityDrop},
             {"average_precision_drop", effect.precisionDrop},
             {"rank_of_own_class", effect.rank},
             {"random_units_score_drop", effect.randomScoreDrop}};
    for (const UnitMatch& unit : effect.units) one["units"].push_back({{"unit", unit.unit}, {"iou", unit.iou}});
    if (effect.mostHurt >= 0) one["most_hurt"] = effects.labels[static_cast<std::size_t>(effect.mostHurt)];
    json["concepts"].push_back(std::move(one));
  }
  return json;
}

void printDissection(std::ostream& out, const Dissection& dissection) {
  out << std::left << std::setw(26) << "layer" << std::right << std::setw(7) << "units" << std::setw(7) << "dead"
      << std::setw(11) << "detectors" << std::setw(8) << "unique"
      << "  of them\n";
  for (const LayerDissection& layer : dissection.layers) {
    std::int64_t dead = 0;
    for (const UnitConcepts& unit : layer.units) dead += unit.dead;
    out << std::left << std::setw(26) << layer.layer << std::right << std::setw(7) << layer.units.size() << std::setw(7)
        << dead << std::setw(11) << layer.detectors << std::setw(8) << layer.unique << ' ';
    for (const CategoryCount& category : layer.categories)
      if (category.detectors > 0) out << ' ' << category.detectors << ' ' << category.category;
    out << '\n';
  }
  out << "\nBest units\n";
  for (const LayerDissection& layer : dissection.layers)
    for (std::size_t k = 0; k < dissection.concepts.size(); ++k) {
      if (layer.unitsPerConcept[k] == 0) continue;
      const auto layerIndex = static_cast<std::size_t>(&layer - dissection.layers.data());
      const std::vector<UnitMatch> units = unitsForConcept(dissection, layerIndex, static_cast<std::int64_t>(k),
                                                           std::min<std::size_t>(3, layer.unitsPerConcept[k]));
      out << "  " << std::left << std::setw(26) << layer.layer << std::setw(16) << dissection.concepts[k].name
          << std::right << std::setw(4) << layer.unitsPerConcept[k]
          << (layer.unitsPerConcept[k] == 1 ? " unit " : " units");
      for (const UnitMatch& unit : units) out << "  " << unit.unit << " (" << number(unit.iou, 3) << ')';
      out << '\n';
    }
  out << '\n'
      << dissection.pictures << " pictures, " << dissection.concepts.size() << " concepts, top "
      << 100.0 * dissection.topShare << " % of activations, IoU from " << dissection.iouThreshold << "; "
      << number(dissection.seconds, 1) << " s\n";
}

void printEffects(std::ostream& out, const ConceptEffects& effects) {
  out << "\nWithout the units of a concept in " << effects.layer << ": drop of each class's score (" << effects.pictures
      << " pictures)\n"
      << std::left << std::setw(16) << "concept" << std::right << std::setw(7) << "units" << std::setw(9) << "own"
      << std::setw(9) << "p" << std::setw(9) << "AP" << std::setw(9) << "random" << std::setw(6) << "rank"
      << "  most hurt\n";
  for (const ConceptEffect& effect : effects.concepts) {
    const auto own = [&](const std::vector<double>& drops) {
      const auto k = static_cast<std::size_t>(effect.classIndex);
      return effect.classIndex >= 0 && k < drops.size() ? number(drops[k], 3) : std::string("-");
    };
    out << std::left << std::setw(16) << effect.name << std::right << std::setw(7) << effect.units.size()
        << std::setw(9) << own(effect.scoreDrop) << std::setw(9) << own(effect.probabilityDrop) << std::setw(9)
        << own(effect.precisionDrop) << std::setw(9) << number(effect.randomScoreDrop, 3) << std::setw(6)
        << (effect.rank > 0 ? std::to_string(effect.rank) : "-");
    if (effect.mostHurt >= 0) {
      const auto k = static_cast<std::size_t>(effect.mostHurt);
      out << "  " << effects.labels[k] << ' ' << number(effect.scoreDrop[k], 3);
    }
    out << '\n';
  }
  out << effects.own << " of " << effects.named
      << " concepts hurt their own class most (random: own score without as many random units)\n";
}

int perform(DissectOptions options, Console& console) {
  const std::shared_ptr<Model> model = openModel(options.model, console);
  if (!options.segmenter.empty()) {
    ModelOptions segmenter = options.model;
    segmenter.model = options.segmenter;
    segmenter.card.clear();
    options.question.segmenter = openModel(segmenter, console);
  }
  options.question.colors = !options.plain;
  const Dissection dissection = dissect(*model, options.question, console.progress("dissecting"), console.cancel());
  std::optional<ConceptEffects> effects;
  if (options.effects > 0) {
    options.effect.data = options.question.data;
    options.effect.units = options.effects;
    effects = conceptEffects(*model, dissection, options.effect, console.progress("switching off"), console.cancel());
  }
  console.clearProgress();
  if (!options.out.empty()) saveDissection(dissection, options.out);
  if (!options.csv.empty()) writeFileAtomically(options.csv, dissectionCsv(dissection));
  if (options.json) {
    Json json = summaryJson(dissection);
    if (effects) json["effects"] = effectsJson(*effects);
    printJson(console.out(), json);
  } else {
    printDissection(console.out(), dissection);
    if (effects) printEffects(console.out(), *effects);
  }
  return kFine;
}

}  // namespace

void addDissect(CLI::App& root, Action& chosen) {
  auto options = std::make_shared<DissectOptions>();
  DissectQuestion& question = options->question;
  CLI::App* command = root.add_subcommand("dissect", "Which concepts the units of layers stand for");
  addModelOptions(*command, options->model);
  command
      ->add_option("--data", question.data,
                   "scenes, scenes-biased, or a folder with images/ and masks/; any pictures with --segmenter")
      ->capture_default_str();
  command->add_option("--count", question.count, "Pictures to look at")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{10000000}))
      ->capture_default_str();
  command->add_option("--seed", question.seed, "Series of the scenes")->capture_default_str();
  command->add_option("--layer", question.layers, "Layer (default: all that have maps). Repeatable")
      ->allow_extra_args(false);
  command->add_option("--segmenter", options->segmenter,
                      "A segmentation network that says what the pixels show, instead of the data");
  command->add_option("--top-share", question.topShare, "Share of a unit's activations that counts as firing")
      ->check(CLI::Range(1e-6, 0.999))
      ->capture_default_str();
  command->add_option("--iou", question.iouThreshold, "IoU from which a unit is a detector")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command->add_flag("--no-colors", options->plain, "Leaves out the colours as concepts");
  command
      ->add_option("--effects", options->effects,
                   "Switches off so many units of each concept and measures what each class loses")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{100000}));
  command->add_option("--effects-layer", options->effect.layer, "In this layer (default: the last one dissected)");
  command->add_option("--effects-count", options->effect.count, "Pictures to measure it on")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{10000000}))
      ->capture_default_str();
  command->add_option("--effects-seed", options->effect.seed, "Series of the scenes for it")->capture_default_str();
  command->add_option("--out", options->out, "Write all of it here, as JSON that the window opens");
  command->add_option("--csv", options->csv, "Write a line for each unit here");
  addJsonFlag(*command, options->json);
  command->callback(
      [options, &chosen] { chosen = [options](Console& console) { return perform(*options, console); }; });
}

}  // namespace unitscope::cli
