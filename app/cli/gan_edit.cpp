#include <charconv>
#include <cmath>
#include <ostream>

#include "app/cli/commands.h"
#include "app/cli/files.h"
#include "app/cli/gan_direction_files.h"
#include "app/cli/gan_options.h"
#include "app/cli/json_text.h"
#include "gan/gan_dissection.h"
#include "gan/unit_edits_file.h"
#include "runtime/atomic_file.h"
#include "runtime/error.h"

namespace unitscope::cli {
namespace {

struct EditOptions {
  GeneratorOptions generator;
  LatentOptions latents;
  std::vector<std::string> concepts, directions;
  std::filesystem::path dissection, npy, out, edits, before;
  std::string layer;
  std::vector<double> region;
  std::int64_t units = 0;
  int columns = 0;
  bool json = false;
};

double numberIn(const std::string& text, const std::string& whole) {
  double value = 0.0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
    throw Error(whole, "must end in =NUMBER");
  return value;
}

/// "tree=off", "tree=0.5", "tree=draw" or "tree=draw:1.5".
std::vector<UnitEdit> conceptEdits(const EditOptions& options, const GanDissection& dissection, const std::string& text,
                                   const Array& where) {
  const std::size_t sign = text.rfind('=');
  const std::string name = text.substr(0, sign);
  const std::string what = sign == std::string::npos ? "off" : text.substr(sign + 1);
  const std::int64_t index = conceptIndexOf(dissection, name);
  const std::size_t layer =
      options.layer.empty() ? bestLayerFor(dissection, index) : layerIndexOf(dissection, options.layer);
  if (what == "draw" || what.starts_with("draw:")) {
    if (where.values.empty()) throw Error("--concept " + text, "needs --region: where to draw it");
    const double strength = what == "draw" ? 1.0 : numberIn(what.substr(5), "--concept " + text);
    return insertConcept(dissection, layer, index, where, strength, options.units);
  }
  const double factor = what == "off" ? 0.0 : numberIn(what, "--concept " + text);
  return scaleConcept(dissection, layer, index, factor, options.units, where);
}

/// "FILE:2=1.5".
void move(SynthesisQuestion& question, Generator& generator, const std::string& text, Console& console) {
  const std::size_t sign = text.rfind('=');
  if (sign == std::string::npos) throw Error("--directions " + text, "must be FILE=AMOUNT or FILE:INDEX=AMOUNT");
  const double amount = numberIn(text.substr(sign + 1), "--directions " + text);
  const LatentDirection direction = readDirection(text.substr(0, sign));
  const LatentSpace space = latentSpaceFrom(direction.space);
  if (space == LatentSpace::Z && question.space != LatentSpace::Z)
    throw Error("--directions " + text, "moves z, and the latents are " + nameOf(question.space) + "; put it first");
  if (space != LatentSpace::Z && question.space != LatentSpace::WPlus) {
    // Layers of w+ may go their own ways.
    question.latents = generator.styles(question, console.cancel());
    question.space = LatentSpace::WPlus;
  }
  question.latents = moved(question.latents, direction, amount);
}

int edit(const EditOptions& options, Console& console) {
  if (options.npy.empty() && options.out.empty() && options.edits.empty())
    throw Error("gan edit", "has nowhere to write to; give --out, --npy or --edits-out");
  const std::shared_ptr<Generator> generator = openGenerator(options.generator, console);
  SynthesisQuestion question = questionFrom(options.latents, *generator);
  SynthesisQuestion plain = question;
  plain.edits.clear();
  if (!options.concepts.empty()) {
    if (options.dissection.empty()) throw Error("--concept", "needs --dissection, what gan dissect --out wrote");
    const GanDissection dissection = loadGanDissection(options.dissection);
    if (!dissectionFits(dissection, *generator))
      throw Error(options.dissection.string(), "is of another network (" + dissection.found.model + ")");
    const std::vector<double>& sides = options.region;
    const Array where = sides.empty() ? Array{} : placesOfRegion(sides[0], sides[1], sides[2], sides[3]);
    for (const std::string& text : options.concepts)
      for (UnitEdit& change : conceptEdits(options, dissection, text, where))
        question.edits.push_back(std::move(change));
  }
  for (const std::string& text : options.directions) move(question, *generator, text, console);
  if (!options.edits.empty()) {
    if (!options.region.empty()) throw Error("--edits-out", "cannot tell where; leave out --region");
    writeFileAtomically(options.edits, toJson(question.edits));
  }
  Json json{
      {"model", options.generator.model.model}, {"count", question.latents.shape.front()}, {"edits", Json::array()}};
  for (const UnitEdit& one : question.edits)
    json["edits"].push_back({{"layer", one.change.layer},
                             {"units", one.change.units},
                             {one.change.kind == UnitSwitch::Kind::Set ? "set" : "scale", one.change.amount}});
  if (!options.npy.empty() || !options.out.empty()) {
    const Array images = generator->synthesise(question, console.progress("making pictures"), console.cancel());
    console.clearProgress();
    if (!options.npy.empty()) writeNpyFile(options.npy, images);
    if (!options.out.empty()) savePictures(*generator, images, options.columns, options.out);
    if (!options.before.empty())
      savePictures(*generator, generator->synthesise(plain, {}, console.cancel()), options.columns, options.before);
    json["images"] = shapeJson(images.shape);
  }
  if (options.json) {
    printJson(console.out(), json);
    return kFine;
  }
  console.out() << question.latents.shape.front() << " pictures from " << options.generator.model.model << '\n';
  for (const UnitEdit& one : question.edits)
    console.out() << "  " << one.change.layer << ": " << one.change.units.size()
                  << (one.change.units.size() == 1 ? " unit " : " units ")
                  << (one.change.kind == UnitSwitch::Kind::Set ? "held at " : "times ") << one.change.amount << '\n';
  return kFine;
}

}  // namespace

void addGanEdit(CLI::App& gan, Action& chosen) {
  auto options = std::make_shared<EditOptions>();
  CLI::App* command = gan.add_subcommand("edit", "Changes pictures: concepts, units, latent directions");
  addGeneratorOptions(*command, options->generator);
  addLatentOptions(*command, options->latents);
  command->add_option("--dissection", options->dissection, "What gan dissect --out wrote, for --concept");
  command
      ->add_option("--concept", options->concepts,
                   "NAME=off, NAME=FACTOR, or NAME=draw[:STRENGTH] with --region. Repeatable")
      ->allow_extra_args(false);
  command->add_option("--layer", options->layer, "Of --concept (default: the one the dissection proposes)");
  command->add_option("--units", options->units, "Of each concept (default: as the dissection proposes)")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{100000}));
  command->add_option("--region", options->region, "Of --concept: top left bottom right as shares of the picture")
      ->expected(4);
  command
      ->add_option("--directions,--direction", options->directions,
                   "FILE=AMOUNT or FILE:INDEX=AMOUNT, a latent direction to move along. Repeatable")
      ->allow_extra_args(false);
  command->add_option("--npy", options->npy, "Pictures [N,C,H,W] in the network's own range");
  command->add_option("--out", options->out, "Pictures as one sheet, PNG or JPEG");
  command->add_option("--before", options->before, "The unchanged pictures as another sheet");
  command->add_option("--columns", options->columns, "Of the sheets")->check(CLI::Range(0, 1000));
  command->add_option("--edits-out", options->edits, "Writes the changes of units, for --layer-edits");
  addJsonFlag(*command, options->json);
  command->callback([options, &chosen] { chosen = [options](Console& console) { return edit(*options, console); }; });
}

}  // namespace unitscope::cli
