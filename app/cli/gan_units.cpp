#include <algorithm>
#include <cmath>
#include <iomanip>
#include <ostream>
#include <sstream>

#include "app/cli/commands.h"
#include "app/cli/gan_options.h"
#include "app/cli/json_text.h"
#include "gan/causal_effects.h"
#include "gan/gan_dissection.h"
#include "runtime/error.h"

namespace unitscope::cli {
namespace {

struct UnitsOptions {
  GeneratorOptions generator;
  CausalQuestion question;
  OptimiseQuestion optimising;
  std::vector<std::string> layers;
  std::string segmenter;
  std::filesystem::path dissection, out;
  std::int64_t classNumber = -1, top = 20;
  std::vector<double> region;
  bool causal = false, optimise = false, insert = false, byRatio = false, json = false;
};

std::string percent(double share, int digits = 1) {
  if (std::isnan(share)) return "-";
  std::ostringstream text;
  text << std::fixed << std::setprecision(digits) << 100.0 * share;
  return text.str();
}

/// A measured effect and where its units come from.
struct Measured {
  CausalEffect effect;
  std::string source;
};

Json pointJson(const CausalPoint& point) {
  return {{"units", point.units}, {"own", point.own}, {"others", point.others}, {"others_area", point.othersArea}};
}

Json changeJson(const ConceptChange& change) {
  return {{"before", change.before},     {"after", change.after},
          {"absolute", change.absolute}, {"absolute_interval", {change.absoluteLow, change.absoluteHigh}},
          {"relative", change.relative}, {"relative_interval", {change.relativeLow, change.relativeHigh}}};
}

Json effectJson(const Measured& measured, const std::vector<Concept>& concepts) {
  const CausalEffect& effect = measured.effect;
  Json json{{"concept", effect.conceptName},      {"layer", effect.layer},
            {"source", measured.source},          {"units", effect.units},
            {"chosen", pointJson(effect.chosen)}, {"own", changeJson(effect.own)},
            {"samples_with", effect.samplesWith}, {"curve", Json::array()},
            {"changes", Json::object()}};
  for (const CausalPoint& point : effect.curve) json["curve"].push_back(pointJson(point));
  for (std::size_t k = 0; k < effect.changes.size(); ++k)
    if (effect.changes[k].before > 0.0 || effect.changes[k].after > 0.0)
      json["changes"][concepts[k].name] = changeJson(effect.changes[k]);
  return json;
}

void print(std::ostream& out, const std::vector<Measured>& all, const std::vector<Concept>& concepts,
           std::int64_t samples) {
  out << std::left << std::setw(14) << "concept" << std::setw(16) << "layer" << std::setw(11) << "ranked by"
      << std::right << std::setw(6) << "units" << std::setw(9) << "pixels" << std::setw(9) << "change"
      << "  95 % interval " << std::setw(8) << "others"
      << "  most changed of them; change by number of units\n";
  for (const auto& [effect, source] : all) {
    std::size_t most = effect.changes.size();
    for (std::size_t k = 0; k < effect.changes.size(); ++k) {
      if (concepts[k].name == effect.conceptName || effect.changes[k].before < 0.001) continue;
      if (most == effect.changes.size() ||
          std::abs(effect.changes[k].relative) > std::abs(effect.changes[most].relative))
        most = k;
    }
    out << std::left << std::setw(14) << effect.conceptName << std::setw(16) << effect.layer << std::setw(11) << source
        << std::right << std::setw(6) << effect.chosen.units << std::setw(8) << percent(effect.own.before, 2) << '%'
        << std::setw(8) << percent(effect.own.relative) << '%' << std::setw(8) << percent(effect.own.relativeLow)
        << " .." << std::setw(6) << percent(effect.own.relativeHigh) << std::setw(7) << percent(effect.chosen.others)
        << "%  ";
    if (most < effect.changes.size())
      out << concepts[most].name << ' ' << percent(effect.changes[most].relative, 0) << ';';
    for (const CausalPoint& point : effect.curve) out << ' ' << point.units << ':' << percent(point.own, 0);
    out << '\n';
  }
  out << samples << " samples; percents of the concept's own pixels; others: mean size of the other concepts' change\n";
}

void list(const UnitsOptions& options, const GanDissection& dissection, Console& console) {
  Json json = Json::array();
  std::vector<std::string> names = options.question.concepts;
  if (names.empty())
    for (const DissectedConcept& one : dissection.found.concepts) names.push_back(one.name);
  for (const std::string& name : names) {
    const std::int64_t index = conceptIndexOf(dissection, name);
    std::vector<std::string> layers = options.layers;
    if (layers.empty()) layers.push_back(dissection.found.layers[bestLayerFor(dissection, index)].layer);
    for (const std::string& layer : layers) {
      const std::size_t l = layerIndexOf(dissection, layer);
      const GanLayerTables& tables = dissection.tables[l];
      const auto matches = unitsForConcept(dissection.found, l, index, static_cast<std::size_t>(options.top));
      if (!options.json) console.out() << std::left << std::setw(16) << name << std::setw(20) << layer << std::right;
      Json units = Json::array();
      for (const UnitMatch& match : matches) {
        const auto entry = static_cast<std::size_t>(match.unit * tables.ratio.shape.at(1) + index);
        units.push_back({{"unit", match.unit},
                         {"iou", match.iou},
                         {"ratio", tables.ratio.values.at(entry)},
                         {"threshold", tables.thresholds.values.at(entry)},
                         {"high", tables.high.values.at(entry)}});
        if (!options.json)
          console.out() << ' ' << match.unit << " (" << std::fixed << std::setprecision(3) << match.iou << ')'
                        << std::defaultfloat;
      }
      if (!options.json) console.out() << '\n';
      json.push_back({{"concept", name}, {"layer", layer}, {"units", std::move(units)}});
    }
  }
  if (options.json) printJson(console.out(), {{"model", options.generator.model.model}, {"units", std::move(json)}});
}

/// Ranks the units of each concept by optimised alphas.
std::vector<std::vector<std::int64_t>> optimised(const UnitsOptions& options, Generator& generator,
                                                 const GanDissection& dissection, const std::string& layer,
                                                 Console& console) {
  std::vector<std::vector<std::int64_t>> ranked;
  for (const std::string& name : options.question.concepts) {
    OptimiseQuestion question = options.optimising;
    question.layer = layer;
    if (layer.empty())
      question.layer = dissection.found.layers[bestLayerFor(dissection, conceptIndexOf(dissection, name))].layer;
    question.conceptName = name;
    question.segmenter = options.question.segmenter;
    question.truncation = options.question.truncation;
    question.classes = options.question.classes;
    ranked.push_back(
        optimiseUnits(generator, question, console.progress("optimising " + name), console.cancel()).ranked);
  }
  return ranked;
}

int perform(UnitsOptions options, Console& console) {
  GanDissection dissection = loadGanDissection(options.dissection);
  CausalQuestion& question = options.question;
  if (!options.causal && !options.optimise && !options.insert) {
    list(options, dissection, console);
    return kFine;
  }
  const std::shared_ptr<Generator> generator = openGenerator(options.generator, console);
  if (!dissectionFits(dissection, *generator))
    throw Error(options.dissection.string(), "is of another network (" + dissection.found.model + ")");
  question.segmenter = openSecond(options.generator, options.segmenter, console);
  if (options.classNumber >= 0) question.classes = generator->oneClass(options.classNumber);
  if (options.byRatio) question.ranking = UnitRanking::Ratio;
  if (options.insert) question.kind = CausalQuestion::Kind::Insert;
  if (!options.region.empty()) std::ranges::copy(options.region, question.region);
  if (question.concepts.empty())
    for (const DissectedConcept& one : dissection.found.concepts)
      if (one.category != "color" && one.share >= 0.002) question.concepts.push_back(one.name);
  if (options.layers.size() == 1 && options.layers.front() == "all") {
    options.layers.clear();
    for (const LayerDissection& layer : dissection.found.layers) options.layers.push_back(layer.layer);
  }
  if (options.layers.empty()) options.layers.emplace_back();

  std::vector<Measured> all;
  std::vector<Concept> concepts;
  for (const std::string& layer : options.layers) {
    question.layer = layer;
    question.ranked.clear();
    if (options.optimise) question.ranked = optimised(options, *generator, dissection, layer, console);
    const CausalEffects effects =
        causalEffects(*generator, dissection, question, console.progress("switching units"), console.cancel());
    concepts = effects.concepts;
    for (const CausalEffect& effect : effects.effects) {
      all.push_back({effect, options.optimise ? "optimised" : options.byRatio ? "ratio" : "iou"});
      if (!options.insert) keepSet(dissection, conceptUnitsOf(effect, all.back().source));
    }
  }
  console.clearProgress();
  std::ranges::stable_sort(all, {}, [&](const Measured& one) {
    return std::ranges::find(question.concepts, one.effect.conceptName) - question.concepts.begin();
  });
  if (!options.out.empty()) saveGanDissection(dissection, options.out);
  if (!options.json) {
    print(console.out(), all, concepts, question.samples);
    return kFine;
  }
  Json json{{"model", options.generator.model.model},
            {"kind", options.insert ? "insert" : "ablate"},
            {"samples", question.samples},
            {"effects", Json::array()}};
  for (const Measured& one : all) json["effects"].push_back(effectJson(one, concepts));
  printJson(console.out(), json);
  return kFine;
}

}  // namespace

void addGanUnits(CLI::App& gan, Action& chosen) {
  auto options = std::make_shared<UnitsOptions>();
  CausalQuestion& question = options->question;
  OptimiseQuestion& optimising = options->optimising;
  CLI::App* command = gan.add_subcommand("units", "Units that draw a concept, and what happens without them");
  addGeneratorOptions(*command, options->generator);
  command->add_option("--dissection", options->dissection, "What gan dissect --out wrote")->required();
  command->add_option("--concept", question.concepts, "Concept (default: all that are not rare). Repeatable")
      ->allow_extra_args(false);
  command->add_option("--layer", options->layers, "Layer (default: the concept's best by IoU), or all. Repeatable")
      ->allow_extra_args(false);
  command->add_option("--top", options->top, "Units to list")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{100000}))
      ->capture_default_str();
  command->add_flag("--causal", options->causal, "Switches the units off and counts what the segmenter then sees");
  command->add_flag("--insert", options->insert, "Instead holds them at their high values in --region");
  command->add_option("--region", options->region, "Of --insert: top left bottom right as shares of the picture")
      ->expected(4);
  command->add_option("--units", question.units, "Units of each concept to switch (default: chosen by curve)")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{100000}));
  command->add_option("--samples", question.samples, "Pictures to measure it on")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1000000}))
      ->capture_default_str();
  command->add_option("--seed", question.firstSeed, "Of the first of them")->capture_default_str();
  command->add_option("--truncation", question.truncation, "Of the samples")->capture_default_str();
  command->add_option("--class", options->classNumber, "One class for all samples");
  command->add_option("--segmenter", options->segmenter,
                      "Segmentation network that names the pixels (default: the built-in scene-segmenter)");
  command->add_flag("--by-ratio", options->byRatio, "Ranks the units by information quality ratio instead of by IoU");
  command->add_flag("--optimise", options->optimise, "Ranks the units by optimised alphas instead of by IoU");
  command->add_option("--steps", optimising.steps, "Of --optimise")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{100000}))
      ->capture_default_str();
  command->add_option("--rate", optimising.rate, "Of --optimise")->capture_default_str();
  command->add_option("--l2", optimising.l2, "Of --optimise: keeps alphas small")->capture_default_str();
  command->add_option("--keep-others", optimising.keepOthers, "Of --optimise: weight of what changes elsewhere")
      ->capture_default_str();
  command->add_option("--out", options->out,
                      "Writes the dissection with the measured sets in it, for gan edit and the window");
  addJsonFlag(*command, options->json);
  command->callback(
      [options, &chosen] { chosen = [options](Console& console) { return perform(*options, console); }; });
}

}  // namespace unitscope::cli
