#include "app/cli/attribution_target.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "app/cli/files.h"
#include "app/cli/method_choice.h"
#include "graph/layers.h"
#include "image/image.h"
#include "runtime/error.h"
#include "sources/planes.h"

namespace unitscope::cli {
namespace {

struct Unit {
  std::string layer;
  std::int64_t channel = 0;
};

/// LAYER:CHANNEL. Names of layers may hold colons themselves.
Unit unitFrom(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  const auto channel = colon == std::string::npos ? std::nullopt : numberFrom(std::string_view(text).substr(colon + 1));
  if (colon == 0 || !channel || *channel < 0)
    throw Error("--unit " + text, "must have the form LAYER:CHANNEL, as features.12:383");
  return {text.substr(0, colon), *channel};
}

/// As the network takes it: a picture, or an .npy that is preprocessed already.
Array otherInput(const std::filesystem::path& file, const Model& model) {
  if (file.extension() != ".npy") return model.preprocess(loadImage(file));
  Array array = readNpyFloats(file);
  if (array.shape.size() == 3) array.shape.insert(array.shape.begin(), 1);
  if (array.shape.empty() || array.shape.front() != 1)
    throw Error(file.string(), "must hold one picture, not the shape " + toString(array.shape));
  return array;
}

}  // namespace

void addTargetOptions(CLI::App& command, TargetOptions& options) {
  CLI::Option* target =
      command.add_option("--target", options.target, "Class to explain, by index or label (default: the first choice)");
  CLI::Option* against = command.add_option("--against", options.against,
                                            "Explain why the target rather than this class, by index or label");
  CLI::Option* unit = command.add_option(
      "--unit", options.unit, "LAYER:CHANNEL, explain an inner unit instead of a class; LAYER alone with --resemble");
  CLI::Option* region = command.add_option(
      "--region", options.region, "Picture or .npy: count only the output's places where this is not black or zero");
  CLI::Option* resemble = command.add_option("--resemble", options.resemble,
                                             "Picture or .npy: explain why the outputs for the two are alike");
  unit->excludes(target)->excludes(against);
  resemble->excludes(target)->excludes(against)->excludes(region);
}

AttributionTarget::AttributionTarget(const TargetOptions& options, const Model& model)
    : target_(classFrom("--target", options.target, model)),
      against_(classFrom("--against", options.against, model)),
      regionName_(options.region.string()),
      resembleName_(options.resemble.string()) {
  if (!options.region.empty()) region_ = readRegion(options.region);
  if (!options.resemble.empty()) {
    resemble_ = otherInput(options.resemble, model);
    unitLayer_ = options.unit;
  } else if (!options.unit.empty()) {
    const Unit unit = unitFrom(options.unit);
    unitLayer_ = unit.layer;
    target_ = unit.channel;
  }
  // Throws where there is no such layer.
  if (!unitLayer_.empty()) resolveLayer(model.graph(), model.layers(), unitLayer_);
}

/// A score of another shape than the options suppose would be explained without a word.
void AttributionTarget::checkScore(Model& model, const Array& input, const CancelToken& cancel) const {
  const bool unit = !unitLayer_.empty() && !isSimilarity();
  if (!unit && regionName_.empty()) return;
  const std::string output = model.card().output.empty() ? "output" : model.card().output;
  const ValueId value = resolveLayer(model.graph(), model.layers(), unit ? unitLayer_ : output);
  const Shape shape = model.activations(input, value, cancel).shape;
  if (unit && shape.size() > 1 && target_ >= shape[1])
    throw Error("--unit " + unitLayer_ + ":" + std::to_string(target_),
                "the layer has " + std::to_string(shape[1]) + " channels");
  if (!regionName_.empty() && shape.size() != 4)
    throw Error("--region " + regionName_, "the score has no places: its shape is " + toString(shape));
}

void AttributionTarget::ask(Model& model, AttributionQuestion& question, const CancelToken& cancel) const {
  question.target = target_;
  question.unitLayer = unitLayer_;
  question.against = against_;
  question.region = region_;
  question.resemble = resemble_;
  checkScore(model, question.input, cancel);
  if (against_ < 0) return;
  if (question.target < 0) {
    const std::vector<Prediction> best = model.classify(question.input, 1, cancel);
    if (!best.empty()) question.target = best.front().index;
  }
  if (question.target == against_)
    throw Error("--against " + model.label(against_), "is the class that is to be explained");
}

std::string AttributionTarget::label(const Model& model, std::int64_t target) const {
  if (isSimilarity())
    return "similarity to " + resembleName_ + (unitLayer_.empty() ? std::string() : " at " + unitLayer_);
  if (!unitLayer_.empty()) return unitLayer_ + " channel " + std::to_string(target);
  return model.label(target);
}

std::string AttributionTarget::text(const Model& model, std::int64_t target) const {
  std::string text = label(model, target);
  if (against_ >= 0) text += " rather than " + model.label(against_);
  if (!regionName_.empty()) text += " in the region of " + regionName_;
  return text;
}

}  // namespace unitscope::cli
