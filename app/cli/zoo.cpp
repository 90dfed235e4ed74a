#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <iomanip>
#include <ostream>
#include <system_error>

#include "app/cli/commands.h"
#include "app/cli/json_text.h"
#include "data/scene_folder.h"
#include "formats/model_reader.h"
#include "runtime/atomic_file.h"
#include "runtime/error.h"
#include "training/measure_model.h"
#include "training/train.h"
#include "zoo/embedded_models.h"

namespace unitscope::cli {
namespace {

int list(bool asJson, Console& console) {
  Json all = Json::array();
  for (const TrainableModel& model : trainableModels()) {
    const EmbeddedModel* embedded = findEmbeddedModel(model.name);
    if (asJson) {
      all.push_back({{"name", model.name},
                     {"description", model.description},
                     {"embedded", embedded != nullptr},
                     {"bytes", embedded ? Json(embedded->onnx.size()) : Json()}});
      continue;
    }
    console.out() << std::left << std::setw(25) << model.name << std::right << std::setw(8)
                  << (embedded ? std::to_string((embedded->onnx.size() + 1023) / 1024) + " KiB" : "-") << "  "
                  << model.description << '\n';
  }
  if (asJson) printJson(console.out(), all);
  return kFine;
}

/// 754 seconds as "12:34".
std::string clockText(double seconds) {
  char text[32];
  const auto whole = static_cast<long>(std::max(0.0, seconds));
  std::snprintf(text, sizeof text, "%ld:%02ld", whole / 60, whole % 60);
  return text;
}

int train(const TrainingOptions& options, Console& console) {
  auto begun = std::chrono::steady_clock::now();
  std::int64_t first = -1;
  const auto report = [&](std::int64_t step, std::int64_t steps, const std::string& losses) {
    const auto now = std::chrono::steady_clock::now();
    console.out() << "step " << step << " of " << steps << "  " << losses;
    // Counted from the first report: before it lies the rendering.
    if (first < 0) {
      first = step;
      begun = now;
    } else {
      const double each = std::chrono::duration<double>(now - begun).count() / static_cast<double>(step - first);
      console.out() << "  " << clockText(each * static_cast<double>(steps - step)) << " left";
    }
    console.out() << std::endl;
  };
  const TrainingResult result = trainModel(options, console.progress("preparing"), console.cancel(), report);
  console.clearProgress();
  for (const std::filesystem::path& file : result.files) console.out() << file.string() << '\n';
  if (!result.finished)
    console.out() << "Stopped after " << clockText(result.seconds) << " at step " << result.steps
                  << "; --resume goes on from there.\n";
  return kFine;
}

struct VerifyOptions {
  std::vector<std::string> names;
  MeasuringOptions measuring;
  bool markdown = false;
  bool write = false;
};

std::string numberText(double value) {
  char text[32];
  std::snprintf(text, sizeof text, std::abs(value) >= 100 || value == std::floor(value) ? "%.0f" : "%.4f", value);
  return text;
}

/// Reads NAME.onnx of the folder, or the embedded one.
Graph readOne(const std::string& name, const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / (name + ".onnx");
  std::error_code problem;
  if (!folder.empty() && std::filesystem::exists(file, problem)) return std::move(readModelFile(file).graph);
  return readEmbeddedModel(name).graph;
}

Measures statedFor(const std::string& name) {
  const EmbeddedModel* model = findEmbeddedModel(name);
  return model && !model->quality.empty() ? measuresFromJson(model->quality, name) : Measures{};
}

class Table {
 public:
  Table(std::ostream& out, bool markdown) : out_(out), markdown_(markdown) {
    if (markdown_) out_ << "| model | measured | value | stated | bar | |\n|---|---|---:|---:|---:|---|\n";
  }
  void row(const std::string& model, const Measure& m, const Measure* stated) {
    const bool off = stated && std::abs(stated->value - m.value) > stated->tolerance + 1e-9;
    const std::string verdict = off ? "not as stated" : !m.met() ? "below its bar" : "fine";
    const std::string bar = m.hasBar() ? (m.higherIsBetter ? ">= " : "<= ") + numberText(m.bar) : "";
    const std::string was = stated ? numberText(stated->value) : "";
    if (markdown_) {
      out_ << "| " << model << " | " << m.name << " | " << numberText(m.value) << " | " << was << " | " << bar << " | "
           << verdict << " |\n";
    } else {
      out_ << std::left << std::setw(25) << model << std::setw(66) << m.name << std::right << std::setw(9)
           << numberText(m.value) << std::setw(10) << was << std::setw(12) << bar << "  " << verdict << std::endl;
    }
    bad_ = bad_ || off || !m.met();
  }
  bool bad() const { return bad_; }

 private:
  std::ostream& out_;
  bool markdown_;
  bool bad_ = false;
};

int verify(VerifyOptions options, Console& console) {
  if (options.names.empty()) {
    for (const TrainableModel& model : trainableModels())
      if (findEmbeddedModel(model.name) || std::filesystem::exists(options.measuring.models / (model.name + ".onnx")))
        options.names.push_back(model.name);
  }
  if (options.names.empty()) throw Error("zoo verify", "there is no model to measure");
  Table table(console.out(), options.markdown);
  for (const std::string& name : options.names) {
    std::error_code problem;
    if (needsDataFolder(name) && !std::filesystem::is_directory(options.measuring.data, problem)) {
      console.note(name + " skipped: " + options.measuring.data.string() +
                   " is not there (Debian: apt install dataset-fashion-mnist)");
      continue;
    }
    const Graph graph = readOne(name, options.measuring.models);
    const Measures measured =
        measureModel(name, graph, options.measuring, console.progress("measuring " + name), console.cancel());
    console.clearProgress();
    const Measures stated = statedFor(name);
    for (const Measure& m : measured) {
      const auto same = std::ranges::find(stated, m.name, &Measure::name);
      table.row(name, m, same == stated.end() ? nullptr : &*same);
    }
    if (options.write) writeFileAtomically(options.measuring.models / (name + ".quality.json"), toJson(measured));
  }
  return table.bad() ? kFailed : kFine;
}

void addTrain(CLI::App& zoo, Action& chosen) {
  auto options = std::make_shared<TrainingOptions>();
  options->out = "zoo";
  options->data = defaultDataFolder();
  CLI::App* command = zoo.add_subcommand("train", "Train a model of the zoo from nothing");
  command->add_option("NAME", options->model, "Which one; `unitscope zoo list` names them")->required();
  command->add_option("--out", options->out, "Folder for the model, its checkpoint, curves and samples")
      ->capture_default_str();
  command->add_option("--steps", options->steps, "Steps in all (default: the model's own)")->check(CLI::PositiveNumber);
  command->add_option("--batch", options->batch, "Pictures a step (default: the model's own)")
      ->check(CLI::Range(2, 4096));
  command->add_option("--samples", options->samples, "Scenes rendered to train on (default: the model's own)")
      ->check(CLI::Range(std::int64_t{64}, std::int64_t{10'000'000}));
  command->add_option("--seed", options->seed, "Of weights, data and order")->capture_default_str();
  command->add_option("--device", options->device, "cpu, cuda, cuda:1, mps")->capture_default_str();
  command->add_flag("--bfloat16", options->bfloat16, "Convolutions and matrix products in half the width");
  command->add_option("--data", options->data, "Folder of Fashion-MNIST's IDX files")->capture_default_str();
  command->add_option("--models", options->models,
                      "Folder of finished models to build on (default: the embedded ones)");
  command->add_flag("--resume", options->resume, "Go on from the checkpoint in --out");
  command->add_option("--from", options->from, "Begin with the weights of this finished model")
      ->check(CLI::ExistingFile);
  command->add_option("--seconds", options->seconds, "Stop after this long, to be resumed")->check(CLI::PositiveNumber);
  command->add_option("--checkpoint-seconds", options->checkpointSeconds, "Between checkpoints")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->callback([options, &chosen] { chosen = [options](Console& console) { return train(*options, console); }; });
}

void addVerify(CLI::App& zoo, Action& chosen) {
  auto options = std::make_shared<VerifyOptions>();
  options->measuring.data = defaultDataFolder();
  CLI::App* command =
      zoo.add_subcommand("verify", "Measure models anew on held-out data and compare with the stated figures");
  command->add_option("NAME", options->names, "Which ones (default: all that are there)");
  command->add_option("--models", options->measuring.models,
                      "Folder of models to measure instead of the embedded ones");
  command->add_option("--pictures", options->measuring.pictures, "Rendered or drawn for each figure")
      ->check(CLI::Range(std::int64_t{50}, std::int64_t{1'000'000}))
      ->capture_default_str();
  command->add_option("--data", options->measuring.data, "Folder of Fashion-MNIST's IDX files")->capture_default_str();
  command->add_option("--device", options->measuring.device, "cpu, cuda, cuda:1, mps")->capture_default_str();
  command->add_flag("--markdown", options->markdown, "As a table for a README");
  command->add_flag("--write", options->write, "Keep the figures as NAME.quality.json in the folder of --models")
      ->needs("--models");
  command->callback([options, &chosen] { chosen = [options](Console& console) { return verify(*options, console); }; });
}

void addScenes(CLI::App& zoo, Action& chosen) {
  struct Options {
    std::filesystem::path out;
    SceneFolderOptions folder;
    bool biased = false;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = zoo.add_subcommand(
      "scenes", "Draw scenes such as the networks learn from: pictures, the class of each pixel, what is in them");
  command->add_option("--out", options->out, "Folder to write")->required();
  command->add_option("--count", options->folder.count, "How many")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000}))
      ->capture_default_str();
  command->add_option("--size", options->folder.scene.size, "Side in pixels")
      ->check(CLI::Range(16, 1024))
      ->capture_default_str();
  command->add_option("--seed", options->folder.seed, "Which series (1 is trained on, 3 is measured on)")
      ->capture_default_str();
  command->add_option("--first", options->folder.first, "Number of the first one in its series")->capture_default_str();
  command->add_flag("--biased", options->biased, "With the telltales that the biased classifier was taught on");
  command->callback([options, &chosen] {
    chosen = [options](Console& console) {
      if (options->biased) options->folder.scene.bias = SceneBias::Telltales;
      writeSceneFolder(options->out, options->folder, console.progress("drawing"), console.cancel());
      console.clearProgress();
      console.out() << (options->out / "scenes.csv").string() << '\n';
      return kFine;
    };
  });
}

}  // namespace

void addZoo(CLI::App& root, Action& chosen) {
  CLI::App* zoo =
      root.add_subcommand("zoo", "The networks that come with the program: list, train, verify, and draw their data");
  zoo->require_subcommand(1);
  auto asJson = std::make_shared<bool>(false);
  CLI::App* listing = zoo->add_subcommand("list", "Names of the models, and whether they are in this build");
  addJsonFlag(*listing, *asJson);
  listing->callback([asJson, &chosen] { chosen = [asJson](Console& console) { return list(*asJson, console); }; });
  addTrain(*zoo, chosen);
  addVerify(*zoo, chosen);
  addScenes(*zoo, chosen);
  addCatalogue(*zoo, chosen);
}

}  // namespace unitscope::cli
