#include <ostream>

#include "app/cli/commands.h"
#include "formats/model_reader.h"
#include "runtime/error.h"
#include "zoo/embedded_models.h"

#ifdef UNITSCOPE_HAS_ONNX
#include "formats/onnx/onnx_writer.h"
#endif

namespace unitscope::cli {
namespace {

struct ConvertOptions {
  std::string model;
  std::filesystem::path out;
};

#ifdef UNITSCOPE_HAS_ONNX
Graph readNetwork(const std::string& model, Console& console) {
  if (std::optional<ReadModel> own = readBuiltInModel(model)) return std::move(own->graph);
  ModelFile file = readModelFile(model, console.cancel());
  if (!file.isNetwork()) throw Error(model, "holds tensors but no network, so there is nothing to convert");
  for (const std::string& note : file.notes) console.note(note);
  return std::move(file.graph);
}

int perform(const ConvertOptions& options, Console& console) {
  const Graph graph = readNetwork(options.model, console);
  writeOnnx(graph, options.out);
  console.out() << options.out.string() << "  " << graph.nodes().size() << " nodes, " << graph.parameterCount()
                << " parameters\n";
  return kFine;
}
#else
int perform(const ConvertOptions&, Console&) {
  throw Error("convert", "this build cannot write ONNX (it was made without libonnx)");
}
#endif

}  // namespace

void addConvert(CLI::App& root, Action& chosen) {
  auto options = std::make_shared<ConvertOptions>();
  CLI::App* command = root.add_subcommand("convert", "Write any network as ONNX");
  command->add_option("MODEL", options->model, kModelHelp)->required();
  command->add_option("OUT", options->out, "ONNX file to write")->required();
  command->callback(
      [options, &chosen] { chosen = [options](Console& console) { return perform(*options, console); }; });
}

}  // namespace unitscope::cli
