#include "judging/judge.h"

#include <algorithm>
#include <iomanip>
#include <ostream>

#include "app/cli/commands.h"
#include "app/cli/files.h"
#include "app/cli/inputs.h"
#include "app/cli/json_text.h"
#include "app/cli/masks.h"
#include "app/cli/method_choice.h"
#include "runtime/error.h"

namespace unitscope::cli {
namespace {

struct JudgeOptions {
  ModelOptions model;
  InputOptions input;
  std::filesystem::path map;
  std::filesystem::path mask;
  std::string method;
  std::string target;
  std::string layer;
  std::vector<std::string> set;
  std::vector<std::string> metrics;
  std::int64_t step = 0;
  std::uint64_t seed = 0;
  bool absolute = false;
  bool json = false;
};

const MetricInfo& infoOf(const std::vector<MetricInfo>& infos, const std::string& id) {
  return *std::ranges::find(infos, id, &MetricInfo::id);
}

Json resultJson(const MetricResult& result, const MetricInfo& info) {
  Json json{{info.measure, result.value}};
  if (!result.curve.empty()) json["curve"] = result.curve;
  if (!result.x.empty()) json["x"] = result.x;
  for (const auto& [name, value] : result.details) json[name] = value;
  for (const SanityStage& stage : result.stages)
    json["stages"].push_back(
        {{"layer", stage.layer}, {"ssim", stage.similarity}, {"rank_correlation", stage.rankCorrelation}});
  json["seconds"] = result.seconds;
  return json;
}

void printResult(std::ostream& out, const MetricResult& result, const MetricInfo& info) {
  out << std::left << std::setw(36) << info.title << std::setprecision(4) << result.value << "  (" << info.measure
      << (info.higherIsBetter ? ", higher is better)" : ", lower is better)") << '\n';
  for (const SanityStage& stage : result.stages)
    out << "  " << std::left << std::setw(34) << stage.layer << "rank correlation " << stage.rankCorrelation
        << ", SSIM " << stage.similarity << '\n';
  out << std::setprecision(6);
}

int perform(const JudgeOptions& options, Console& console) {
  JudgeQuestion question;
  question.metrics = options.metrics;
  question.absolute = options.absolute;
  question.step = options.step;
  question.seed = options.seed;
  if (!options.method.empty()) {
    const std::vector<MethodInfo> methods = attributionMethods();
    const MethodInfo& info = findMethod(methods, options.method);
    if (!options.layer.empty() && !info.usesLayer)
      throw Error("--layer " + options.layer, "the method " + info.id + " takes no layer");
    question.asked.method = info.id;
    question.asked.parameters = parametersFrom(info, options.set);
    question.asked.layer = options.layer;
  } else if (!options.set.empty() || !options.layer.empty()) {
    throw Error(options.set.empty() ? "--layer" : "--set", "is for a method; name it with --method");
  } else if (options.map.empty()) {
    throw Error("judge", "needs --map, or --method to make one");
  }
  const std::shared_ptr<Model> model = openModel(options.model, console);
  question.asked.target = classFrom("--target", options.target, *model);
  if (!options.map.empty()) question.map = readNpyFloats(options.map);
  if (!options.mask.empty()) question.mask = readMask(options.mask, *model);

  const std::vector<MetricInfo> infos = judgeMetrics();
  Json json = Json::object();
  bool taken = false;
  forEachInput(*model, options.input, console, [&](const Input& input) {
    if (taken) throw Error(input.name, "a map belongs to one picture");
    taken = true;
    question.asked.input = input.tensor;
    const std::vector<MetricResult> results = judge(*model, question, console.progress("judging"), console.cancel());
    console.clearProgress();
    for (const MetricResult& result : results) {
      const MetricInfo& info = infoOf(infos, result.metric);
      json[result.metric] = resultJson(result, info);
      if (!options.json) printResult(console.out(), result, info);
    }
  });
  if (options.json) printJson(console.out(), json);
  return kFine;
}

std::string metricHelp() {
  std::string text = "Which, with commas between (default: deletion,insertion, and with a mask those that need one):";
  for (const MetricInfo& info : judgeMetrics()) text += ' ' + info.id;
  return text;
}

}  // namespace

void addJudge(CLI::App& root, Action& chosen) {
  auto options = std::make_shared<JudgeOptions>();
  CLI::App* command = root.add_subcommand("judge", "How good a heatmap is: deletion, insertion, sanity checks...");
  addModelOptions(*command, options->model);
  addInputOptions(*command, options->input, false);
  command->add_option("--map", options->map, "The heatmap, .npy, of any resolution (default: what --method makes)");
  command->add_option("--target", options->target, "Class that it explains, by index or label (default: first choice)");
  command->add_option("--metrics", options->metrics, metricHelp())->delimiter(',')->allow_extra_args(false);
  command->add_option("--mask", options->mask, "Where the object is: a picture, bright there, or .npy [H,W]");
  command->add_option("--method", options->method, "Id of the method that made the map, for metrics that ask it again");
  command->add_option("--layer", options->layer, "Layer, for methods that use one");
  command->add_option("--set", options->set, "A parameter of the method, name=value. Repeatable")
      ->allow_extra_args(false);
  command->add_option("--step", options->step, "Pixels from one point of a curve to the next (default: a row's worth)")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{100000000}));
  command->add_option("--seed", options->seed, "Of what is drawn at random")->capture_default_str();
  command->add_flag("--absolute", options->absolute, "Judge the largest magnitude over the channels, not their sum");
  addJsonFlag(*command, options->json);
  command->callback(
      [options, &chosen] { chosen = [options](Console& console) { return perform(*options, console); }; });
}

}  // namespace unitscope::cli
