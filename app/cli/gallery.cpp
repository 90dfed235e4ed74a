#include <iomanip>
#include <ostream>

#include "app/cli/commands.h"
#include "app/cli/json_text.h"
#include "app/cli/method_choice.h"
#include "examples/collect.h"
#include "examples/example_store.h"
#include "runtime/error.h"

namespace unitscope::cli {
namespace {

struct GalleryOptions {
  ModelOptions model;
  ExamplesQuestion question;
  std::string shard, relevance;
  std::filesystem::path out;
  bool json = false;
};

/// "2/8": schedulers count their tasks from 0 or from 1, and either way 8 tasks do all 8 parts.
void takeShard(const std::string& text, ExamplesQuestion& question) {
  const std::size_t slash = text.find('/');
  const auto part = numberFrom(std::string_view(text).substr(0, slash));
  const auto all = slash == std::string::npos ? std::nullopt : numberFrom(std::string_view(text).substr(slash + 1));
  if (!part || !all || *all < 1 || *part < 0 || *part > *all)
    throw Error("--shard " + text, "must be I/N: the part and how many there are, as 3/8");
  question.shard = *part % *all;
  question.shards = *all;
}

int perform(GalleryOptions options, Console& console) {
  if (!options.shard.empty()) takeShard(options.shard, options.question);
  const std::shared_ptr<Model> model = openModel(options.model, console);
  if (!options.relevance.empty()) options.question.relevanceClass = classFrom("--relevance", options.relevance, *model);
  const CollectReport report =
      collectExamples(*model, options.question, options.out, console.progress("collecting"), console.cancel());
  console.clearProgress();
  if (!report.passedOver.empty()) console.note("begun anew, since the checkpoint does not fit: " + report.passedOver);
  for (const std::string& text : report.unreadable) console.note("passed over " + text);
  const ExampleStore store = ExampleStore::open(options.out);
  if (options.json) {
    Json json{{"file", options.out.string()},      {"data", options.question.data},
              {"seed", options.question.seed},     {"shard", options.question.shard},
              {"shards", options.question.shards}, {"pictures", report.pictures},
              {"resumed_at", report.resumedAt},    {"units", report.units},
              {"unreadable", report.unreadable},   {"state_bytes", report.stateBytes},
              {"seconds", report.seconds},         {"layers", Json::array()}};
    for (const ExampleStore::LayerInfo& layer : store.layers())
      json["layers"].push_back(
          {{"name", layer.name}, {"units", layer.units}, {"height", layer.height}, {"width", layer.width}});
    printJson(console.out(), json);
    return kFine;
  }
  console.out() << report.pictures << " pictures";
  if (options.question.shards > 1)
    console.out() << " (part " << options.question.shard << " of " << options.question.shards << ")";
  console.out() << ", " << report.units << " units of " << store.layers().size() << " layers, " << std::fixed
                << std::setprecision(1) << report.seconds << " s\n"
                << options.out.string() << '\n';
  return kFine;
}

void addMerge(CLI::App& gallery, Action& chosen) {
  struct Files {
    std::filesystem::path out;
    std::vector<std::filesystem::path> parts;
  };
  auto files = std::make_shared<Files>();
  CLI::App* command = gallery.add_subcommand("merge", "Joins the parts that runs with --shard have written");
  command->add_option("OUT", files->out, "The whole")->required();
  command->add_option("PART", files->parts, "Files to join, in any order")->required();
  command->callback([files, &chosen] {
    chosen = [files](Console& console) {
      mergeExamples(files->parts, files->out, console.progress("merging"), console.cancel());
      console.clearProgress();
      const ExampleStore store = ExampleStore::open(files->out);
      console.out() << store.pictures() << " pictures, " << store.shardsHere() << " of " << store.shards()
                    << " parts\n";
      return kFine;
    };
  });
}

}  // namespace

void addGallery(CLI::App& root, Action& chosen) {
  auto options = std::make_shared<GalleryOptions>();
  ExamplesQuestion& question = options->question;
  CLI::App* command = root.add_subcommand("gallery", "What a data set shows of every unit: collect, join, look at");
  command->require_subcommand(0, 1);
  command->add_option("MODEL", options->model.model, kModelHelp);
  addComputeOptions(*command, options->model);
  command
      ->add_option("--data", question.data,
                   "scenes, scenes-biased, a folder of pictures, of class folders, of images/ and masks/, or of IDX "
                   "files; or an IDX file")
      ->capture_default_str();
  command->add_option("--count", question.count, "Pictures at most; 0 for all of a folder or file")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{2000000000}))
      ->capture_default_str();
  command
      ->add_option("--layer", question.layers, "Layer to look at. Repeatable (default: those with units of their own)")
      ->allow_extra_args(false);
  command->add_option("--top", question.top, "Examples of each kind for a unit")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1000}))
      ->capture_default_str();
  command->add_option("--seed", question.seed, "Series of the scenes, and of the random examples")
      ->capture_default_str();
  command->add_option("--shard", options->shard, "Only part I of N, as I/N; parts count from 0, or from 1");
  command->add_flag("--resume", question.resume, "Go on from the checkpoint of a run that was stopped");
  command->add_option("--checkpoint-seconds", question.checkpointSeconds, "Between checkpoints")
      ->check(CLI::Range(0.0, 1e9))
      ->capture_default_str();
  command->add_option("--relevance", options->relevance,
                      "Also keep the pictures in which a unit speaks most for this class, by index or label");
  command->add_option("--out", options->out, "HDF5 file to write");
  addJsonFlag(*command, options->json);
  addMerge(*command, chosen);
  addGalleryShow(*command, chosen);
  addGallerySheet(*command, chosen);
  command->callback([options, command, &chosen] {
    if (!command->get_subcommands().empty()) return;
    if (options->model.model.empty()) throw CLI::RequiredError("MODEL");
    if (options->out.empty()) throw CLI::RequiredError("--out");
    chosen = [options](Console& console) { return perform(*options, console); };
  });
}

}  // namespace unitscope::cli
