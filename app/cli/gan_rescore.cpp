#include <ostream>

#include "app/cli/commands.h"
#include "app/cli/gan_attribute_options.h"
#include "app/cli/gan_direction_files.h"
#include "gan/rescoring.h"
#include "runtime/error.h"

namespace unitscope::cli {
namespace {

struct RescoreOptions {
  ModelOptions model;
  AttributeWords words;
  std::vector<std::string> directions;
  std::string layers;
  std::int64_t classIndex = -1;
  RescoringQuestion question;
  bool lengths = false, byLayer = false, eachLayer = false, json = false;
};

std::vector<std::string> namesOf(const ChangeTable& table) {
  std::vector<std::string> names;
  for (const PictureAttribute& attribute : table.attributes) names.push_back(textOf(attribute));
  return names;
}

std::vector<double> strengths(const ChangeTable& table) {
  std::vector<double> values;
  for (std::size_t row = 0; row < table.rows.size(); ++row)
    for (std::size_t k = 0; k < table.attributes.size(); ++k) values.push_back(table.strength(row, k));
  return values;
}

Json changesJson(const ChangeTable& table) {
  Json json{{"rows", table.rows},
            {"rise", tableJson(table.rise)},
            {"rise_low", tableJson(table.riseLow)},
            {"rise_high", tableJson(table.riseHigh)},
            {"change", tableJson(table.change)},
            {"change_low", tableJson(table.changeLow)},
            {"change_high", tableJson(table.changeHigh)},
            {"strength", Json::array()},
            {"target", Json::array()}};
  const std::vector<double> all = strengths(table);
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    Json line = Json::array();
    for (std::size_t k = 0; k < table.attributes.size(); ++k)
      line.push_back(finiteNumber(all[row * table.attributes.size() + k]));
    json["strength"].push_back(std::move(line));
    const ChangeTable::Target target = table.targetOf(row);
    if (target.attribute < 0)
      json["target"].push_back(nullptr);
    else
      json["target"].push_back({{"attribute", textOf(table.attributes[static_cast<std::size_t>(target.attribute)])},
                                {"strength", target.strength},
                                {"ratio", finiteNumber(target.ratio)}});
  }
  return json;
}

void printChanges(const ChangeTable& table, std::ostream& out) {
  std::vector<std::string> columns = namesOf(table);
  std::vector<double> values;
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    for (std::size_t k = 0; k < table.attributes.size(); ++k) values.push_back(table.strength(row, k));
    values.push_back(table.targetOf(row).ratio);
  }
  columns.emplace_back("times the next");
  printTable(out, table.rows, columns, values);
}

int perform(RescoreOptions options, Console& console) {
  RescoringQuestion& question = options.question;
  for (const std::string& text : options.directions)
    for (LatentDirection& direction : readDirections(text)) question.directions.push_back(std::move(direction));
  if (!options.layers.empty())
    for (LatentDirection& direction : question.directions) direction.layers = layersFrom(options.layers, "--layers");
  question.attributes = options.words.list();
  question.inDeviations = !options.lengths;
  const std::shared_ptr<Generator> generator = Generator::from(openModel(options.model, console));
  question.models = options.words.models(options.model, console);
  if (options.classIndex >= 0) question.classes = generator->oneClass(options.classIndex);
  const bool layers = options.byLayer || options.eachLayer;
  std::vector<ChangeTable> tables;
  const Progress progress = console.progress("re-scoring");
  if (layers)
    tables = rescoreByLayer(*generator, question,
                            options.eachLayer ? singleLayers(generator->plan()) : layerGroups(generator->plan()),
                            progress, console.cancel());
  else
    tables.push_back(rescore(*generator, question, progress, console.cancel()));
  console.clearProgress();
  if (options.json) {
    Json json{{"model", options.model.model},
              {"samples", question.samples},
              {"first_seed", question.firstSeed},
              {"step", question.step},
              {"step_in", options.lengths ? "lengths" : "deviations"},
              {"attributes", namesOf(tables.front())},
              {"deviations", tables.front().deviations}};
    if (layers) {
      json["directions"] = Json::array();
      for (std::size_t i = 0; i < tables.size(); ++i) {
        Json one{{"direction", question.directions[i].name}};
        one.update(changesJson(tables[i]));
        json["directions"].push_back(std::move(one));
      }
    } else {
      json.update(changesJson(tables.front()));
    }
    printJson(console.out(), json);
    return kFine;
  }
  std::ostream& out = console.out();
  out << "mean change over " << question.samples << " samples, in standard deviations of each attribute\n";
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if (layers) out << '\n' << question.directions[i].name << ", by layers\n";
    printChanges(tables[i], out);
  }
  return kFine;
}

}  // namespace

void addGanRescore(CLI::App& gan, Action& chosen) {
  auto options = std::make_shared<RescoreOptions>();
  RescoringQuestion& question = options->question;
  CLI::App* command = gan.add_subcommand("rescore", "What latent directions change, and through which layers (HiGAN)");
  addModelOptions(*command, options->model);
  command->add_option("--directions", options->directions, "Directions, FILE or FILE:ROW. Repeatable")
      ->allow_extra_args(false)
      ->required();
  addAttributeOptions(*command, options->words)->required();
  command->add_option("--samples", question.samples, "Samples to move")
      ->check(CLI::Range(std::int64_t{2}, std::int64_t{100000}))
      ->capture_default_str();
  command->add_option("--first-seed", question.firstSeed, "Of the first sample; each further one has the next")
      ->capture_default_str();
  command->add_option("--step", question.step, "How far each is moved, in standard deviations along the direction")
      ->check(CLI::Range(-1e6, 1e6))
      ->capture_default_str();
  command->add_flag("--lengths", options->lengths, "The step counts in lengths of the vectors instead");
  command->add_option("--layers", options->layers, "Rows of w+ to move instead of the directions' own, as 0-3,5");
  CLI::Option* groups =
      command->add_flag("--by-layer", options->byLayer, "For the lowest, middle, upper and last layers");
  command->add_flag("--each-layer", options->eachLayer, "For each layer by itself")->excludes(groups);
  command->add_option("--truncation", question.truncation, "Of the samples")->capture_default_str();
  command->add_option("--class", options->classIndex, "Class of the samples (default: the first)")
      ->check(CLI::NonNegativeNumber);
  addJsonFlag(*command, options->json);
  command->callback(
      [options, &chosen] { chosen = [options](Console& console) { return perform(*options, console); }; });
}

}  // namespace unitscope::cli
