#include <algorithm>
#include <ostream>

#include "app/cli/commands.h"
#include "app/cli/gan_attribute_options.h"
#include "gan/generator.h"
#include "gan/generator_samples.h"

namespace unitscope::cli {
namespace {

struct ListOptions {
  ModelOptions model;
  AttributeWords words;
  std::int64_t samples = 0;
  std::uint64_t firstSeed = 0;
  bool json = false;
};

/// Mean scores [K] of samples.
std::vector<double> meansOf(const ListOptions& options, const AttributeModels& models,
                            const std::vector<PictureAttribute>& attributes, Console& console) {
  const std::shared_ptr<Generator> generator = Generator::from(openModel(options.model, console));
  AttributeScorer scorer(attributes, models);
  std::vector<double> sums(attributes.size(), 0.0);
  const std::int64_t chunk = picturesAtOnce(generator->plan());
  const Progress progress = console.progress("scoring samples");
  for (std::int64_t first = 0; first < options.samples; first += chunk) {
    const std::int64_t count = std::min(chunk, options.samples - first);
    const SynthesisQuestion drawn =
        drawSamples(*generator, options.firstSeed + static_cast<std::uint64_t>(first), count, 1.0, {});
    const Array scores =
        scorer.score(*generator, generator->synthesise(drawn, {}, console.cancel()), {}, console.cancel());
    for (std::size_t i = 0; i < scores.values.size(); ++i)
      sums[i % sums.size()] += static_cast<double>(scores.values[i]) / static_cast<double>(options.samples);
    progress.report(static_cast<double>(first + count) / static_cast<double>(options.samples));
  }
  console.clearProgress();
  return sums;
}

int perform(const ListOptions& options, Console& console) {
  const AttributeModels models = options.words.models(options.model, console);
  const std::vector<PictureAttribute> attributes = availableAttributes(models);
  std::vector<double> means;
  if (options.samples > 0) means = meansOf(options, models, attributes, console);
  if (options.json) {
    Json list = Json::array();
    for (std::size_t k = 0; k < attributes.size(); ++k) {
      list.push_back(Json{{"attribute", textOf(attributes[k])}});
      if (!means.empty()) list.back()["mean"] = finiteNumber(means[k]);
    }
    printJson(console.out(), list);
    return kFine;
  }
  for (std::size_t k = 0; k < attributes.size(); ++k) {
    console.out() << textOf(attributes[k]);
    if (!means.empty()) console.out() << '\t' << means[k];
    console.out() << '\n';
  }
  return kFine;
}

}  // namespace

void addGanAttributes(CLI::App& gan, Action& chosen) {
  auto options = std::make_shared<ListOptions>();
  CLI::App* command = gan.add_subcommand("attributes", "What a generator's pictures can be scored by");
  addModelOptions(*command, options->model);
  addScorerOptions(*command, options->words);
  command->add_option("--samples", options->samples, "Score as many samples, and say the means")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1000000}))
      ->capture_default_str();
  command->add_option("--first-seed", options->firstSeed, "Of the samples")->capture_default_str();
  addJsonFlag(*command, options->json);
  command->callback(
      [options, &chosen] { chosen = [options](Console& console) { return perform(*options, console); }; });
}

}  // namespace unitscope::cli
