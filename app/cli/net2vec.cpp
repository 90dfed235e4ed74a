#include "dissection/net2vec.h"

#include <iomanip>
#include <ostream>
#include <sstream>

#include "app/cli/commands.h"
#include "app/cli/json_text.h"
#include "dissection/dissection_file.h"

namespace unitscope::cli {
namespace {

struct Net2VecOptions {
  ModelOptions model;
  Net2VecQuestion question;
  std::string segmenter;
  std::filesystem::path out;
  bool plain = false, json = false;
};

std::string number(double value, int digits = 3) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(digits) << value;
  return text.str();
}

std::vector<ConceptNeighbour> neighboursOf(const Net2Vec& vectors, std::size_t k, std::size_t top) {
  const ConceptTerm term{static_cast<std::int64_t>(k), 1.0};
  return nearestConcepts(vectors, {&term, 1}, top);
}

/// Without the weights, which --out has.
Json summaryJson(const Net2Vec& vectors) {
  Json json{
      {"model", vectors.model},    {"data", vectors.data},          {"layer", vectors.layer},
      {"seed", vectors.seed},      {"pictures", vectors.pictures},  {"validation_pictures", vectors.validationPictures},
      {"units", vectors.units},    {"top_share", vectors.topShare}, {"seconds", vectors.seconds},
      {"concepts", Json::array()}, {"shared_units", Json::array()}};
  for (std::size_t k = 0; k < vectors.concepts.size(); ++k) {
    const ConceptVector& one = vectors.concepts[k];
    Json entry{{"name", one.name},
               {"category", one.category},
               {"share", one.share},
               {"pictures", one.pictures},
               {"best_unit", one.bestUnit},
               {"best_unit_iou", one.bestUnitIou},
               {"train_iou", one.trainIou},
               {"validation_iou", one.validationIou},
               {"cut", one.cut},
               {"curve", Json::array()},
               {"neighbours", Json::array()}};
    for (const SubsetIou& point : one.curve)
      entry["curve"].push_back({{"units", point.units}, {"train", point.train}, {"validation", point.validation}});
    for (const ConceptNeighbour& near : neighboursOf(vectors, k, 5))
      entry["neighbours"].push_back(
          {{"name", vectors.concepts[static_cast<std::size_t>(near.conceptIndex)].name}, {"cosine", near.cosine}});
    json["concepts"].push_back(std::move(entry));
  }
  for (const SharedUnit& unit : vectors.shared) {
    Json names = Json::array();
    for (const std::int64_t k : unit.concepts) names.push_back(vectors.concepts[static_cast<std::size_t>(k)].name);
    json["shared_units"].push_back({{"unit", unit.unit}, {"concepts", std::move(names)}});
  }
  return json;
}

void printVectors(std::ostream& out, const Net2Vec& vectors) {
  out << "IoU on " << vectors.validationPictures << " pictures kept aside: best single unit, best k units, all\n\n"
      << std::left << std::setw(16) << "concept" << std::right << std::setw(8) << "unit" << std::setw(8) << "alone";
  for (const SubsetIou& point : vectors.concepts.front().curve) out << std::setw(7) << point.units;
  out << "  nearest\n";
  for (std::size_t k = 0; k < vectors.concepts.size(); ++k) {
    const ConceptVector& one = vectors.concepts[k];
    out << std::left << std::setw(16) << one.name << std::right << std::setw(8) << one.bestUnit << std::setw(8)
        << number(one.bestUnitIou);
    for (const SubsetIou& point : one.curve) out << std::setw(7) << number(point.validation);
    out << ' ';
    for (const ConceptNeighbour& near : neighboursOf(vectors, k, 2))
      out << ' ' << vectors.concepts[static_cast<std::size_t>(near.conceptIndex)].name << ' ' << number(near.cosine, 2);
    out << '\n';
  }
  if (!vectors.shared.empty()) out << "\nUnits that speak for several concepts (among the ten strongest of each)\n";
  for (std::size_t i = 0; i < vectors.shared.size() && i < 10; ++i) {
    out << "  " << std::setw(5) << vectors.shared[i].unit << ' ';
    for (std::size_t j = 0; j < vectors.shared[i].concepts.size(); ++j)
      out << (j == 0 ? " " : ", ") << vectors.concepts[static_cast<std::size_t>(vectors.shared[i].concepts[j])].name;
    out << '\n';
  }
  out << '\n'
      << vectors.pictures << " pictures, " << vectors.units << " units of " << vectors.layer << "; "
      << number(vectors.seconds, 1) << " s\n";
}

int perform(Net2VecOptions options, Console& console) {
  const std::shared_ptr<Model> model = openModel(options.model, console);
  if (!options.segmenter.empty()) {
    ModelOptions segmenter = options.model;
    segmenter.model = options.segmenter;
    segmenter.card.clear();
    options.question.segmenter = openModel(segmenter, console);
  }
  options.question.colors = !options.plain;
  const Net2Vec vectors = learnConceptVectors(*model, options.question, console.progress("learning"), console.cancel());
  console.clearProgress();
  if (!options.out.empty()) saveNet2Vec(vectors, options.out);
  if (options.json)
    printJson(console.out(), summaryJson(vectors));
  else
    printVectors(console.out(), vectors);
  return kFine;
}

}  // namespace

void addNet2Vec(CLI::App& root, Action& chosen) {
  auto options = std::make_shared<Net2VecOptions>();
  Net2VecQuestion& question = options->question;
  CLI::App* command = root.add_subcommand("net2vec", "How the units of a layer spell concepts together");
  addModelOptions(*command, options->model);
  command->add_option("--layer", question.layer, "Layer whose units are combined")->required();
  command
      ->add_option("--data", question.data,
                   "scenes, scenes-biased, or a folder with images/ and masks/; any pictures with --segmenter")
      ->capture_default_str();
  command->add_option("--count", question.count, "Pictures to look at")
      ->check(CLI::Range(std::int64_t{2}, std::int64_t{10000000}))
      ->capture_default_str();
  command->add_option("--seed", question.seed, "Series of the scenes, and of what is drawn")->capture_default_str();
  command->add_option("--concept", question.concepts, "Concept (default: all that ten pictures show). Repeatable")
      ->allow_extra_args(false);
  command->add_option("--segmenter", options->segmenter,
                      "A segmentation network that says what the pixels show, instead of the data");
  command->add_option("--top-share", question.topShare, "Share of a unit's activations that counts as firing")
      ->check(CLI::Range(1e-6, 0.999))
      ->capture_default_str();
  command->add_option("--epochs", question.epochs, "Times that all pictures are learned from")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  command->add_option("--rate", question.rate, "Learning rate, for a loss summed over 112 x 112 pixels")
      ->check(CLI::Range(1e-12, 1.0))
      ->capture_default_str();
  command->add_option("--sizes", question.sizes, "Numbers of units of the curve, with commas between")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1000000}));
  command->add_flag("--no-colors", options->plain, "Leaves out the colours as concepts");
  command->add_option("--out", options->out, "Write all of it here, as JSON that the window opens");
  addJsonFlag(*command, options->json);
  command->callback(
      [options, &chosen] { chosen = [options](Console& console) { return perform(*options, console); }; });
}

}  // namespace unitscope::cli
