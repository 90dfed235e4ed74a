#include <algorithm>
#include <charconv>
#include <iomanip>
#include <ostream>

#include "app/cli/commands.h"
#include "app/cli/files.h"
#include "app/cli/inputs.h"
#include "app/cli/json_text.h"
#include "app/cli/statistics.h"
#include "image/heat.h"
#include "runtime/error.h"

namespace unitscope::cli {
namespace {

struct AttributeOptions {
  ModelOptions model;
  InputOptions input;
  std::string method;
  std::string target;
  std::string layer;
  std::vector<std::string> set;
  std::filesystem::path out;
  std::filesystem::path npy;
  double opacity = 0.6;
  bool json = false;
};

const MethodInfo& findMethod(const std::vector<MethodInfo>& methods, const std::string& id) {
  const auto found = std::ranges::find(methods, id, &MethodInfo::id);
  if (found != methods.end()) return *found;
  std::string ids;
  for (const MethodInfo& info : methods) ids += (ids.empty() ? "" : ", ") + info.id;
  throw Error("--method " + id, "there is no such method; there are " + ids);
}

ParameterValues parametersFrom(const MethodInfo& info, const std::vector<std::string>& settings) {
  ParameterValues values(info);
  for (const std::string& text : settings) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) throw Error("--set " + text, "must have the form name=value");
    values.set(info, std::string_view(text).substr(0, equals), std::string_view(text).substr(equals + 1));
  }
  return values;
}

/// An index, or one of the network's labels.
std::int64_t targetFrom(const std::string& text, const Model& model) {
  if (text.empty()) return -1;
  std::int64_t index = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (failed == std::errc() && end == text.data() + text.size()) {
    if (index < 0) throw Error("--target " + text, "must not be negative");
    return index;
  }
  const std::vector<std::string>& labels = model.card().labels;
  const auto found = std::ranges::find(labels, text);
  if (found == labels.end()) throw Error("--target " + text, "is neither a number nor a label of this network");
  return found - labels.begin();
}

Json answerJson(const std::string& image, const AttributionAnswer& answer, const AttributeOptions& options,
                const Model& model) {
  const Statistics s = statisticsOf(answer.map.values);
  Json json{{"image", image},          {"method", options.method},
            {"target", answer.target}, {"label", model.label(answer.target)},
            {"layer", answer.layer},   {"shape", shapeJson(answer.map.shape)},
            {"minimum", s.minimum},    {"maximum", s.maximum},
            {"mean", s.mean},          {"seconds", answer.seconds},
            {"notes", answer.notes}};
  if (!answer.channelScores.empty()) json["channel_scores"] = answer.channelScores;
  return json;
}

void printAnswer(std::ostream& out, const std::string& image, const AttributionAnswer& answer, const MethodInfo& info,
                 const Model& model) {
  const Statistics s = statisticsOf(answer.map.values);
  out << image << "\nmethod   " << info.title << "\ntarget   " << model.label(answer.target) << " (" << answer.target
      << ")\n";
  if (!answer.layer.empty()) out << "layer    " << answer.layer << '\n';
  out << "map      " << toString(answer.map.shape) << ", from " << s.minimum << " to " << s.maximum << '\n';
  for (const std::string& note : answer.notes) out << "note     " << note << '\n';
  out << "time     " << std::setprecision(3) << answer.seconds << " s\n" << std::setprecision(6);
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
  const std::shared_ptr<Model> model = openModel(options.model, console);
  const std::int64_t target = targetFrom(options.target, *model);

  Array all;
  Json json = Json::array();
  std::vector<AttributionAnswer> answers;
  forEachInput(*model, options.input, console, [&](const Input& input) {
    AttributionQuestion question;
    question.method = info.id;
    question.input = input.tensor;
    question.target = target;
    question.layer = options.layer;
    question.parameters = parameters;
    AttributionAnswer answer = model->attribute(question, console.progress(info.title), console.cancel());
    appendRow(all, answer.map, input.name);
    if (!options.out.empty()) {
      if (json.size() == 1) throw Error("--out", "holds one picture; for several, ask for --npy");
      saveImage(overlay(*model, input.tensor, answer.map, info, options.opacity), options.out);
    }
    console.clearProgress();
    json.push_back(answerJson(input.name, answer, options, *model));
    if (!options.json) printAnswer(console.out(), input.name, answer, info, *model);
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
  command->add_option("--target", options->target, "Class to explain, by index or label (default: the first choice)");
  command->add_option("--layer", options->layer, "Layer, for methods that use one (default: the last feature maps)");
  command->add_option("--set", options->set, "A parameter of the method, name=value. Repeatable")
      ->allow_extra_args(false);
  command->add_option("--out", options->out, "Write the heatmap over the picture here, PNG or JPEG");
  command->add_option("--opacity", options->opacity, "Of the heatmap over the picture")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command->add_option("--npy", options->npy, "Write the map here, float32, in the method's own resolution");
  addJsonFlag(*command, options->json);
  command->callback(
      [options, &chosen] { chosen = [options](Console& console) { return perform(*options, console); }; });
}

}  // namespace unitscope::cli
