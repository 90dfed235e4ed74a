#include <charconv>
#include <ostream>

#include "app/cli/commands.h"
#include "app/cli/files.h"
#include "app/cli/gan_direction_files.h"
#include "app/cli/json_text.h"
#include "gan/edited_generator.h"
#include "gan/unit_edits_file.h"
#include "runtime/error.h"

namespace unitscope::cli {
namespace {

struct ExportOptions {
  ModelOptions model;
  std::filesystem::path edits, out;
  std::vector<std::string> directions;
  bool json = false;
};

/// "FILE=2.5" or "FILE:3=2.5".
AppliedDirection appliedFrom(const std::string& text) {
  const std::size_t sign = text.rfind('=');
  AppliedDirection applied;
  const char* end = text.data() + text.size();
  const char* begin = sign == std::string::npos ? end : text.data() + sign + 1;
  const auto [stop, problem] = std::from_chars(begin, end, applied.amount);
  if (problem != std::errc() || stop != end || begin == end)
    throw Error("--direction " + text, "must be FILE=AMOUNT or FILE:ROW=AMOUNT");
  applied.direction = readDirection(text.substr(0, sign));
  return applied;
}

int perform(const ExportOptions& options, Console& console) {
  GeneratorChanges changes;
  if (!options.edits.empty()) changes.edits = unitEditsFromJson(readTextFile(options.edits), options.edits.string());
  for (const std::string& text : options.directions) changes.directions.push_back(appliedFrom(text));
  const std::shared_ptr<Generator> generator = Generator::from(openModel(options.model, console));
  console.clearProgress();
  saveEditedGenerator(*generator, changes, options.out);
  if (options.json)
    printJson(console.out(), Json{{"model", options.model.model},
                                  {"edits", changes.edits.size()},
                                  {"directions", changes.directions.size()},
                                  {"out", options.out.string()}});
  else
    console.out() << options.out.string() << "  " << changes.edits.size() << " edits, " << changes.directions.size()
                  << " directions\n";
  return kFine;
}

}  // namespace

void addGanExport(CLI::App& gan, Action& chosen) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App* command = gan.add_subcommand("export", "Writes a generator with edits of units and directions as ONNX");
  addModelOptions(*command, options->model);
  command->add_option("--layer-edits", options->edits, "JSON, as `gan sample` takes it");
  command
      ->add_option("--direction", options->directions,
                   "FILE=AMOUNT or FILE:ROW=AMOUNT: moves all latents so far. Repeatable")
      ->allow_extra_args(false);
  command->add_option("--out", options->out, "ONNX file to write; its card lies beside it")->required();
  addJsonFlag(*command, options->json);
  command->callback(
      [options, &chosen] { chosen = [options](Console& console) { return perform(*options, console); }; });
}

}  // namespace unitscope::cli
