#include "app/cli/gan_options.h"

#include "app/cli/files.h"
#include "app/cli/unit_list.h"
#include "gan/unit_edits_file.h"
#include "image/contact_sheet.h"
#include "runtime/error.h"

namespace unitscope::cli {
namespace {

NoiseMode noiseFrom(const std::string& name) {
  if (name == "random") return NoiseMode::Random;
  return name == "none" ? NoiseMode::None : NoiseMode::Constant;
}

}  // namespace

void addGeneratorOptions(CLI::App& command, GeneratorOptions& options) {
  addModelOptions(command, options.model);
  command.add_option("--synthesis", options.synthesis,
                     "Synthesis network, where MODEL is the mapping network in a file of its own");
  command.add_option("--z-input", options.hints.z, "Input that takes z, where it is not found by itself");
  command.add_option("--class-input", options.hints.classes, "Input that takes the class");
  command.add_option("--truncation-value", options.hints.truncation, "Scalar that truncates");
  command.add_option("--styles-value", options.hints.styles, "Value that holds w or w+");
}

std::shared_ptr<Model> openSecond(const GeneratorOptions& options, const std::string& name, Console& console) {
  if (name.empty()) return nullptr;
  ModelOptions second = options.model;
  second.model = name;
  second.card.clear();
  return openModel(second, console);
}

std::shared_ptr<Generator> openGenerator(const GeneratorOptions& options, Console& console) {
  const std::shared_ptr<Model> model = openModel(options.model, console);
  std::shared_ptr<Generator> generator =
      options.synthesis.empty()
          ? Generator::from(model, options.hints)
          : Generator::from(model, openSecond(options, options.synthesis, console), options.hints);
  console.clearProgress();
  return generator;
}

void addLatentOptions(CLI::App& command, LatentOptions& options) {
  CLI::Option* latents = command.add_option("--latents", options.latents, "npy: z [N,D], w [N,D] or w+ [N,L,D]");
  command.add_option("--seeds", options.seeds, "Instead of --latents: draw z from these seeds, as 7, 0-15, 3,8")
      ->excludes(latents)
      ->capture_default_str();
  command.add_option("--space", options.space, "What --latents are; w and w+ are taken as they are")
      ->check(CLI::IsMember({"z", "w", "w+"}))
      ->capture_default_str();
  CLI::Option* classes = command.add_option("--class-npy", options.classFile, "npy: class vectors [N,K] or [1,K]");
  command.add_option("--class", options.classNumber, "One class for all")->excludes(classes);
  command
      .add_option("--truncation", options.truncation,
                  "Draws z's styles towards their mean by this factor; for BigGAN it chooses the statistics")
      ->capture_default_str();
  command.add_option("--noise", options.noise, "const: as in the file; random: anew for each picture; none")
      ->check(CLI::IsMember({"const", "random", "none"}))
      ->capture_default_str();
  command.add_option("--noise-seed", options.noiseSeed, "Of random noise")->capture_default_str();
  command.add_option("--layer-edits", options.edits,
                     "JSON: [{\"layer\": L, \"units\": [..], \"scale\": X | \"set\": X, \"region\": [top, left, "
                     "bottom, right]}]");
}

SynthesisQuestion questionFrom(const LatentOptions& options, const Generator& generator) {
  SynthesisQuestion question;
  question.space = latentSpaceFrom(options.space);
  if (!options.latents.empty()) {
    question.latents = readNpyFloats(options.latents);
  } else {
    if (question.space != LatentSpace::Z) throw Error("--space " + options.space, "needs --latents");
    const std::vector<std::int64_t> seeds = unitsFrom(options.seeds);
    question.latents = generator.drawLatents({seeds.begin(), seeds.end()});
  }
  if (!options.classFile.empty())
    question.classes = readNpyFloats(options.classFile);
  else if (options.classNumber >= 0)
    question.classes = generator.oneClass(options.classNumber);
  question.truncation = options.truncation;
  question.noise = noiseFrom(options.noise);
  question.noiseSeed = static_cast<std::uint64_t>(options.noiseSeed);
  if (!options.edits.empty()) question.edits = unitEditsFromJson(readTextFile(options.edits), options.edits.string());
  return question;
}

void savePictures(const Generator& generator, const Array& images, int columns, const std::filesystem::path& file) {
  SheetLayout layout;
  layout.columns = columns;
  layout.cellWidth = static_cast<int>(images.shape[3]);
  layout.cellHeight = static_cast<int>(images.shape[2]);
  layout.gap = images.shape.front() == 1 ? 0 : 2;
  saveImage(contactSheet(generator.picturesOf(images), layout), file);
}

}  // namespace unitscope::cli
