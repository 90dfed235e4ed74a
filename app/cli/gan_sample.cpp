#include <ostream>

#include "app/cli/commands.h"
#include "app/cli/files.h"
#include "app/cli/gan_options.h"
#include "app/cli/json_text.h"
#include "gan/generator.h"
#include "runtime/error.h"

namespace unitscope::cli {
namespace {

struct SampleOptions {
  GeneratorOptions generator;
  LatentOptions latents;
  std::filesystem::path npy, out, drawn, styles;
  int columns = 0;
  bool json = false;
};

int sample(const SampleOptions& options, Console& console) {
  if (options.npy.empty() && options.out.empty() && options.styles.empty() && options.drawn.empty())
    throw Error("gan sample", "has nowhere to write to; give --npy, --out, --styles-npy or --latents-npy");
  const std::shared_ptr<Generator> generator = openGenerator(options.generator, console);
  const SynthesisQuestion question = questionFrom(options.latents, *generator);
  Json json{{"model", options.generator.model.model}, {"count", question.latents.shape.front()}};
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
    if (!options.out.empty()) savePictures(*generator, images, options.columns, options.out);
    json["images"] = shapeJson(images.shape);
  }
  json["range"] = {generator->black(), generator->white()};
  if (options.json)
    printJson(console.out(), json);
  else
    console.out() << question.latents.shape.front() << " pictures from " << options.generator.model.model << '\n';
  return kFine;
}

Json textOrNull(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

int describe(const SampleOptions& options, Console& console) {
  const std::shared_ptr<Generator> generator = openGenerator(options.generator, console);
  const GeneratorPlan& plan = generator->plan();
  if (options.json) {
    printJson(console.out(), Json{{"model", options.generator.model.model},
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
  out << options.generator.model.model << "\nz           " << plan.z << "  " << toString(plan.zShape) << '\n';
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

}  // namespace

void addGanInfo(CLI::App& gan, Action& chosen) {
  auto options = std::make_shared<SampleOptions>();
  CLI::App* command = gan.add_subcommand("info", "Where a generator takes its latents, classes, styles and noise");
  addGeneratorOptions(*command, options->generator);
  addJsonFlag(*command, options->json);
  command->callback(
      [options, &chosen] { chosen = [options](Console& console) { return describe(*options, console); }; });
}

void addGanSample(CLI::App& gan, Action& chosen) {
  auto options = std::make_shared<SampleOptions>();
  CLI::App* command = gan.add_subcommand("sample", "Makes pictures from latents");
  addGeneratorOptions(*command, options->generator);
  addJsonFlag(*command, options->json);
  addLatentOptions(*command, options->latents);
  command->add_option("--npy", options->npy, "Pictures [N,C,H,W] in the network's own range");
  command->add_option("--out", options->out, "Pictures as one sheet, PNG or JPEG");
  command->add_option("--columns", options->columns, "Of the sheet")->check(CLI::Range(0, 1000));
  command->add_option("--latents-npy", options->drawn, "Writes the latents that were used");
  command->add_option("--styles-npy", options->styles, "Writes w+ [N,L,D] after mapping and truncation");
  command->callback([options, &chosen] { chosen = [options](Console& console) { return sample(*options, console); }; });
}

}  // namespace unitscope::cli
