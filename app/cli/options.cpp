#include "app/cli/options.h"

#include "app/cli/files.h"
#include "runtime/error.h"
#include "zoo/embedded_models.h"

namespace unitscope::cli {

ComputeSettings ModelOptions::settings() const {
  ComputeSettings settings;
  settings.device = device;
  settings.bfloat16 = precision == "bf16";
  settings.memoryBudget = static_cast<std::size_t>(memory);
  return settings;
}

void addModelOptions(CLI::App& command, ModelOptions& options) {
  command.add_option("MODEL", options.model, kModelHelp)->required();
  addComputeOptions(command, options);
}

void addComputeOptions(CLI::App& command, ModelOptions& options) {
  command.add_option("--device", options.device, "Where to compute: cpu, cuda, cuda:1, mps")->capture_default_str();
  command.add_option("--precision", options.precision, "Number format of forward passes")
      ->check(CLI::IsMember({"float32", "bf16"}))
      ->capture_default_str();
  command.add_option("--memory", options.memory, "Most that tensors may take, as 4GB (default: 3/4 of the machine's)")
      ->transform(CLI::AsSizeValue(false));
  command.add_option("--card", options.card, "Model card (JSON) to use instead of the one beside the model");
  command.add_flag("--progress", options.progress, "Show progress even where standard error is no terminal");
}

void addInputOptions(CLI::App& command, InputOptions& options, bool many) {
  CLI::Option* images = command.add_option("IMAGE", options.images, many ? "Pictures" : "Picture");
  if (!many) images->expected(0, 1);
  CLI::Option* npy =
      command.add_option("--input-npy", options.npy, "Tensor [N,C,H,W], preprocessed already, instead of pictures");
  npy->excludes(images);
  // Not CLI11's callback(), which the command itself takes.
  command.parse_complete_callback([images, npy] {
    if (images->count() == 0 && npy->count() == 0) throw CLI::RequiredError("IMAGE or --input-npy");
  });
}

void addJsonFlag(CLI::App& command, bool& json) {
  command.add_flag("--json", json, "Print JSON");
}

ModelCard readCard(const std::filesystem::path& file, const std::filesystem::path& model) {
  ModelCard card = cardFromJson(readTextFile(file), file.string());
  card.guessed = false;
  if (card.labels.empty() && !card.labelsFile.empty()) {
    const std::filesystem::path beside = model.parent_path() / card.labelsFile;
    card.labels = readLabels(std::filesystem::exists(beside) ? beside : file.parent_path() / card.labelsFile);
  }
  return card;
}

std::shared_ptr<Model> openModel(const ModelOptions& options, Console& console) {
  if (options.progress) console.wantProgress();
  std::shared_ptr<Model> model;
  if (std::optional<ReadModel> own = readBuiltInModel(options.model))
    model = Model::fromGraph(std::move(own->graph), std::move(own->card), options.settings());
  else
    model = Model::open(options.model, options.settings(), console.progress("opening"), console.cancel());
  if (!options.card.empty()) model->setCard(readCard(options.card, options.model));
  return model;
}

}  // namespace unitscope::cli
