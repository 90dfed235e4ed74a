#include <algorithm>

#include "app/cli/attribution_answer.h"
#include "app/cli/attribution_target.h"
#include "app/cli/commands.h"
#include "app/cli/files.h"
#include "app/cli/inputs.h"
#include "app/cli/method_choice.h"
#include "image/heat.h"
#include "runtime/error.h"
#include "sources/planes.h"

namespace unitscope::cli {
namespace {

struct AttributeOptions {
  ModelOptions model;
  InputOptions input;
  TargetOptions target;
  std::string method;
  std::string layer;
  std::filesystem::path segments;
  std::vector<std::string> set;
  std::filesystem::path out;
  std::filesystem::path npy;
  std::filesystem::path pictures;
  double opacity = 0.6;
  bool json = false;
};

/// Methods over superpixels are those that say how many they want.
bool takesSegments(const MethodInfo& info) {
  return std::ranges::find(info.parameters, "segments", &ParameterSpec::id) != info.parameters.end();
}

/// A map [1,C,h,w] over the picture that the network saw, its channels added up.
Image overlay(const Model& model, const Array& input, const Array& map, const MethodInfo& info, double opacity) {
  if (map.shape.size() != 4) throw Error("--out", "a map of the shape " + toString(map.shape) + " is no picture");
  const HeatMap heat = collapseChannels(map.values, map.shape[0] * map.shape[1], map.shape[2], map.shape[3], false);
  HeatPaint paint;
  paint.opacity = opacity;
  if (!info.isSigned) {
    paint.colors = ColorMap::Magma;
    paint.absolute = true;
  }
  return overlayHeat(model.pictureOf(input), heat, paint);
}

int perform(const AttributeOptions& options, Console& console) {
  const std::vector<MethodInfo> methods = attributionMethods();
  const MethodInfo& info = findMethod(methods, options.method);
  const ParameterValues parameters = parametersFrom(info, options.set);
  if (!options.layer.empty() && !info.usesLayer)
    throw Error("--layer " + options.layer, "the method " + info.id + " takes no layer");
  if (!options.segments.empty() && !takesSegments(info))
    throw Error("--segments " + options.segments.string(), "the method " + info.id + " uses no segments");
  const std::shared_ptr<Model> model = openModel(options.model, console);
  const AttributionTarget target(options.target, *model);
  const Array segments = options.segments.empty() ? Array{} : readSegments(options.segments);

  Array all;
  Json json = Json::array();
  forEachInput(*model, options.input, console, [&](const Input& input) {
    AttributionQuestion question;
    question.method = info.id;
    question.input = input.tensor;
    question.layer = options.layer;
    question.parameters = parameters;
    question.segments = segments;
    target.ask(*model, question, console.cancel());
    AnswerReport report{input.name, model->attribute(question, console.progress(info.title), console.cancel()), {}};
    appendRow(all, report.answer.map, input.name);
    if (!options.out.empty()) {
      if (json.size() == 1) throw Error("--out", "holds one picture; for several, ask for --npy");
      saveImage(overlay(*model, input.tensor, report.answer.map, info, options.opacity), options.out);
    }
    console.clearProgress();
    if (!options.pictures.empty()) {
      // Rows of a tensor have names of their own ("x.npy[2]"), so that none writes over another's pictures.
      const bool row = input.name.ends_with(']');
      report.pictures = savePictures(report.answer, *model, options.pictures,
                                     row ? std::filesystem::path(input.name).filename().string() : std::string());
      if (report.answer.pictures.empty()) console.note(info.id + " gave no pictures");
    }
    json.push_back(answerJson(report, info, target, *model));
    if (!options.json) printAnswer(console.out(), report, info, target, *model);
  });
  if (!options.npy.empty()) writeNpyFile(options.npy, all);
  if (options.json) printJson(console.out(), json.size() == 1 ? json.front() : json);
  return kFine;
}

}  // namespace

void addAttribute(CLI::App& root, Action& chosen) {
  auto options = std::make_shared<AttributeOptions>();
  CLI::App* command = root.add_subcommand("attribute", "Why this class: a heatmap (`unitscope methods` lists how)");
  addModelOptions(*command, options->model);
  addInputOptions(*command, options->input, false);
  command->add_option("--method", options->method, "Id of the method")->required();
  addTargetOptions(*command, options->target);
  command->add_option("--layer", options->layer, "Layer, for methods that use one (default: the last feature maps)");
  command->add_option("--set", options->set, "A parameter of the method, name=value. Repeatable")
      ->allow_extra_args(false);
  command->add_option("--segments", options->segments,
                      "Superpixels for methods that use them: .npy of whole numbers, index-coloured or grey PNG");
  command->add_option("--out", options->out, "Write the heatmap over the picture here, PNG or JPEG");
  command->add_option("--opacity", options->opacity, "Of the heatmap over the picture")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command->add_option("--npy", options->npy, "Write the map here, float32, in the method's own resolution");
  command->add_option("--pictures", options->pictures,
                      "Folder for the pictures that belong to the answer, where the method gives some");
  addJsonFlag(*command, options->json);
  command->callback(
      [options, &chosen] { chosen = [options](Console& console) { return perform(*options, console); }; });
}

}  // namespace unitscope::cli
