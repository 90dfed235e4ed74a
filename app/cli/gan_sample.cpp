#include <ostream>

#include "app/cli/commands.h"
#include "app/cli/files.h"
#include "app/cli/json_text.h"
#include "app/cli/unit_list.h"
#include "gan/generator.h"
#include "gan/unit_edits_file.h"
#include "image/contact_sheet.h"
#include "runtime/error.h"

namespace unitscope::cli {
namespace {

struct SampleOptions {
  ModelOptions model;
  std::string synthesis;
  LatentHints hints;
  std::filesystem::path latents, classFile, edits, npy, out, drawn, styles;
  std::string seeds = "0-15", space = "z", noise = "const";
  std::int64_t classNumber = -1, noiseSeed = 0;
  double truncation = 1.0;
  int columns = 0;
  bool json = false;
};

std::shared_ptr<Generator> openGenerator(const SampleOptions& options, Console& console) {
  const std::shared_ptr<Model> model = openModel(options.model, console);
  std::shared_ptr<Generator> generator;
  if (options.synthesis.empty()) {
    generator = Generator::from(model, options.hints);
  } else {
    ModelOptions second = options.model;
    second.model = options.synthesis;
    second.card.clear();
    generator = Generator::from(model, openModel(second, console), options.hints);
  }
  console.clearProgress();
  return generator;
}

NoiseMode noiseFrom(const std::string& name) {
  if (name == "random") return NoiseMode::Random;
  return name == "none" ? NoiseMode::None : NoiseMode::Constant;
}

SynthesisQuestion questionFrom(const SampleOptions& options, const Generator& generator) {
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

int sample(const SampleOptions& options, Console& console) {
  if (options.npy.empty() && options.out.empty() && options.styles.empty() && options.drawn.empty())
    throw Error("gan sample", "has nowhere to write to; give --npy, --out, --styles-npy or --latents-npy");
  const std::shared_ptr<Generator> generator = openGenerator(options, console);
  const SynthesisQuestion question = questionFrom(options, *generator);
  Json json{{"model", options.model.model}, {"count", question.latents.shape.front()}};
  if (!options.drawn.empty()) writeNpyFile(options.drawn, question.latents);
  if (!options.styles.empty()) {
    const Array styles = generator->styles(question, console.cancel());
    writeNpyFile(options.styles, styles);
    json["styles"] = shapeJson(styles.shape);
  }
  if (!options.npy.empty() || !options.out.empty()) {
    const Array images = generator->synthesise(question, console.progress("making pictures"), console.cancel());
    console.clearProgress();
    if (!options.npy.empty()) writeNpyFile(options.npy, images);
    if (!options.out.empty()) {
      SheetLayout layout;
      layout.columns = options.columns;
      layout.cellWidth = static_cast<int>(images.shape[3]);
      layout.cellHeight = static_cast<int>(images.shape[2]);
      layout.gap = question.latents.shape.front() == 1 ? 0 : 2;
      saveImage(contactSheet(generator->picturesOf(images), layout), options.out);
    }
    json["images"] = shapeJson(images.shape);
  }
  json["range"] = {generator->black(), generator->white()};
  if (options.json)
    printJson(console.out(), json);
  else
    console.out() << question.latents.shape.front() << " pictures from " << options.model.model << '\n';
  return kFine;
}

Json textOrNull(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

int describe(const SampleOptions& options, Console& console) {
  const std::shared_ptr<Generator> generator = openGenerator(options, console);
  const GeneratorPlan& plan = generator->plan();
  if (options.json) {
    printJson(console.out(), Json{{"model", options.model.model},
                                  {"z", plan.z},
                                  {"z_shape", plan.zShape},
                                  {"class", textOrNull(plan.classes)},
                                  {"classes", plan.classCount},
                                  {"truncation", textOrNull(plan.truncation)},
                                  {"styles", textOrNull(plan.styles)},
                                  {"style_size", plan.styleSize},
                                  {"style_layers", plan.styleLayers},
                                  {"noise", plan.noises},
                                  {"image", plan.image},
                                  {"image_shape", plan.imageShape},
                                  {"range", {generator->black(), generator->white()}}});
    return kFine;
  }
  std::ostream& out = console.out();
  out << options.model.model << "\nz           " << plan.z << "  " << toString(plan.zShape) << '\n';
  if (!plan.classes.empty()) out << "class       " << plan.classes << ", " << plan.classCount << " classes\n";
  if (!plan.truncation.empty()) out << "truncation  " << plan.truncation << '\n';
  if (plan.hasStyles()) {
    out << "w+          " << plan.styles << ", " << plan.styleCount << " x " << plan.styleSize << '\n';
    for (std::size_t i = 0; i < plan.styleLayers.size(); ++i) out << "  " << i << "\t" << plan.styleLayers[i] << '\n';
  }
  if (!plan.noises.empty()) out << "noise       " << plan.noises.size() << " maps\n";
  out << "picture     " << plan.image << "  " << toString(plan.imageShape) << ", " << generator->black() << " to "
      << generator->white() << '\n';
  return kFine;
}

void addGeneratorOptions(CLI::App& command, SampleOptions& options) {
  addModelOptions(command, options.model);
  command.add_option("--synthesis", options.synthesis,
                     "Synthesis network, where MODEL is the mapping network in a file of its own");
  command.add_option("--z-input", options.hints.z, "Input that takes z, where it is not found by itself");
  command.add_option("--class-input", options.hints.classes, "Input that takes the class");
  command.add_option("--truncation-value", options.hints.truncation, "Scalar that truncates");
  command.add_option("--styles-value", options.hints.styles, "Value that holds w or w+");
  addJsonFlag(command, options.json);
}

}  // namespace

void addGanInfo(CLI::App& gan, Action& chosen) {
  auto options = std::make_shared<SampleOptions>();
  CLI::App* command = gan.add_subcommand("info", "Where a generator takes its latents, classes, styles and noise");
  addGeneratorOptions(*command, *options);
  command->callback(
      [options, &chosen] { chosen = [options](Console& console) { return describe(*options, console); }; });
}

void addGanSample(CLI::App& gan, Action& chosen) {
  auto options = std::make_shared<SampleOptions>();
  CLI::App* command = gan.add_subcommand("sample", "Makes pictures from latents");
  addGeneratorOptions(*command, *options);
  CLI::Option* latents = command->add_option("--latents", options->latents, "npy: z [N,D], w [N,D] or w+ [N,L,D]");
  command->add_option("--seeds", options->seeds, "Instead of --latents: draw z from these seeds, as 7, 0-15, 3,8")
      ->excludes(latents)
      ->capture_default_str();
  command->add_option("--space", options->space, "What --latents are; w and w+ are taken as they are")
      ->check(CLI::IsMember({"z", "w", "w+"}))
      ->capture_default_str();
  CLI::Option* classes = command->add_option("--class-npy", options->classFile, "npy: class vectors [N,K] or [1,K]");
  command->add_option("--class", options->classNumber, "One class for all")->excludes(classes);
  command
      ->add_option("--truncation", options->truncation,
                   "Draws z's styles towards their mean by this factor; for BigGAN it chooses the statistics")
      ->capture_default_str();
  command->add_option("--noise", options->noise, "const: as in the file; random: anew for each picture; none")
      ->check(CLI::IsMember({"const", "random", "none"}))
      ->capture_default_str();
  command->add_option("--noise-seed", options->noiseSeed, "Of random noise")->capture_default_str();
  command->add_option("--layer-edits", options->edits,
                      "JSON: [{\"layer\": L, \"units\": [..], \"scale\": X | \"set\": X, \"region\": [top, left, "
                      "bottom, right]}]");
  command->add_option("--npy", options->npy, "Pictures [N,C,H,W] in the network's own range");
  command->add_option("--out", options->out, "Pictures as one sheet, PNG or JPEG");
  command->add_option("--columns", options->columns, "Of the sheet")->check(CLI::Range(0, 1000));
  command->add_option("--latents-npy", options->drawn, "Writes the latents that were used");
  command->add_option("--styles-npy", options->styles, "Writes w+ [N,L,D] after mapping and truncation");
  command->callback([options, &chosen] { chosen = [options](Console& console) { return sample(*options, console); }; });
}

}  // namespace unitscope::cli
