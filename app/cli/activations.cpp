#include <algorithm>
#include <cmath>
#include <limits>
#include <ostream>

#include "app/cli/channel_groups.h"
#include "app/cli/commands.h"
#include "app/cli/files.h"
#include "app/cli/inputs.h"
#include "app/cli/json_text.h"
#include "app/cli/statistics.h"
#include "runtime/error.h"

namespace unitscope::cli {
namespace {

struct ActivationsOptions {
  ModelOptions model;
  InputOptions input;
  std::string layer;
  std::filesystem::path npy;
  bool json = false;
  GroupOptions groups;
};

int perform(const ActivationsOptions& options, Console& console) {
  const std::shared_ptr<Model> model = openModel(options.model, console);
  if (options.groups.count > 0)
    return performGroups(*model, options.input, options.layer, options.groups, options.npy, options.json, console);
  const ValueId value = resolveLayer(model->graph(), model->layers(), options.layer);
  Array all;
  forEachInput(*model, options.input, console, [&](const Input& input) {
    appendRow(all, model->activations(input.tensor, value, console.cancel()), input.name);
  });
  if (!options.npy.empty()) writeNpyFile(options.npy, all);
  console.clearProgress();
  const Statistics s = statisticsOf(all.values);
  if (options.json)
    printJson(console.out(), Json{{"layer", options.layer},
                                  {"value", model->graph().value(value).name},
                                  {"shape", shapeJson(all.shape)},
                                  {"minimum", s.minimum},
                                  {"maximum", s.maximum},
                                  {"mean", s.mean}});
  else
    console.out() << options.layer << "  " << toString(all.shape) << "  from " << s.minimum << " to " << s.maximum
                  << ", mean " << s.mean << '\n';
  return kFine;
}

}  // namespace

void addActivations(CLI::App& root, Action& chosen) {
  auto options = std::make_shared<ActivationsOptions>();
  CLI::App* command = root.add_subcommand("activations", "What a layer puts out, as it is or in groups of units");
  addModelOptions(*command, options->model);
  addInputOptions(*command, options->input, true);
  command->add_option("--layer", options->layer, "Layer as `info` names it; `output` is the network's own")->required();
  command->add_option("--npy", options->npy, "Write the values here, float32; of groups their maps, [N,k,h,w]");
  addGroupOptions(*command, options->groups);
  addJsonFlag(*command, options->json);
  command->callback(
      [options, &chosen] { chosen = [options](Console& console) { return perform(*options, console); }; });
}

}  // namespace unitscope::cli
