#include <iomanip>
#include <ostream>
#include <set>

#include "app/cli/commands.h"
#include "app/cli/files.h"
#include "app/cli/json_text.h"
#include "engine/run_graph.h"
#include "runtime/error.h"

namespace unitscope::cli {
namespace {

struct RunOptions {
  ModelOptions model;
  std::vector<std::string> inputs;
  std::filesystem::path folder;
  bool json = false;
};

/// NAME=FILE; a name alone, or a file whose path holds an equals sign, is told apart by what exists.
NamedTensor readInput(const std::string& text) {
  const std::size_t equals = text.find('=');
  std::error_code ignored;
  if (equals == std::string::npos || std::filesystem::exists(text, ignored)) return {"", readNpyFile(text)};
  if (equals == 0) throw Error("--input " + text, "has no name before the equals sign");
  return {text.substr(0, equals), readNpyFile(text.substr(equals + 1))};
}

/// File names for the outputs, each used once even where names differ only in what a file system cannot keep.
std::vector<std::filesystem::path> outputFiles(const std::vector<NamedTensor>& outputs,
                                               const std::filesystem::path& folder) {
  std::set<std::string> taken;
  std::vector<std::filesystem::path> files;
  for (const NamedTensor& output : outputs) {
    const std::string wanted = safeFileName(output.name);
    std::string name = wanted;
    for (int i = 2; !taken.insert(name).second; ++i) name = wanted + "_" + std::to_string(i);
    files.push_back(folder / (name + ".npy"));
  }
  return files;
}

int perform(const RunOptions& options, Console& console) {
  const std::shared_ptr<Model> model = openModel(options.model, console);
  std::vector<NamedTensor> inputs;
  for (const std::string& text : options.inputs) inputs.push_back(readInput(text));
  const std::vector<NamedTensor> outputs = runGraph(*model, inputs, console.cancel());
  std::error_code failed;
  std::filesystem::create_directories(options.folder, failed);
  if (failed) throw Error(options.folder.string(), "cannot be made: " + failed.message());
  const std::vector<std::filesystem::path> files = outputFiles(outputs, options.folder);
  for (std::size_t i = 0; i < outputs.size(); ++i) writeNpyFile(files[i], outputs[i].data);
  console.clearProgress();
  Json json = Json::array();
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const TensorData& data = outputs[i].data;
    if (options.json)
      json.push_back({{"name", outputs[i].name},
                      {"dtype", nameOf(data.dtype())},
                      {"shape", shapeJson(data.shape())},
                      {"file", files[i].string()}});
    else
      console.out() << outputs[i].name << "  " << nameOf(data.dtype()) << ' ' << toString(data.shape()) << "  "
                    << files[i].string() << '\n';
  }
  if (options.json) printJson(console.out(), json);
  return kFine;
}

}  // namespace

void addRun(CLI::App& root, Action& chosen) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* command = root.add_subcommand("run", "Feed any network with tensors and write every output as .npy");
  addModelOptions(*command, options->model);
  command->add_option("--input", options->inputs, "NAME=X.npy; X.npy alone where there is one input. Repeatable");
  command->add_option("--out", options->folder, "Folder for OUTPUT_NAME.npy")->required();
  addJsonFlag(*command, options->json);
  command->callback(
      [options, &chosen] { chosen = [options](Console& console) { return perform(*options, console); }; });
}

}  // namespace unitscope::cli
