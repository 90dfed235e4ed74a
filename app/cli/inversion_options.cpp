#include "app/cli/inversion_options.h"

#include <filesystem>

#include "app/cli/files.h"
#include "data/scene.h"
#include "gan/domain_file.h"
#include "runtime/atomic_file.h"
#include "runtime/error.h"

namespace unitscope::cli {
namespace {

/// Scenes that no training saw and no measurement uses: the domain's own pictures, beside those drawn.
constexpr std::uint64_t kKnownScenes = 0x6b6e6f77;
constexpr std::int64_t kUsualKnown = 24;

}  // namespace

void addInversionOptions(CLI::App& command, InversionOptions& options) {
  InversionQuestion& question = options.question;
  command.add_option("--space", options.space, "Where to look (default: w+ where the network has styles, else z)")
      ->check(CLI::IsMember({"z", "w", "w+"}));
  command.add_option("--steps", question.steps, "0: 100 from an encoder's code, 1000 from the mean latent")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1000000}))
      ->capture_default_str();
  command.add_option("--learning-rate", question.learningRate, "Of Adam, in standard deviations of the latents")
      ->check(CLI::Range(1e-9, 1e3))
      ->capture_default_str();
  command.add_option("--together", question.togetherShare, "w+: share of the steps in which all layers share one w")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command.add_option("--pixel-weight", question.pixelWeight, "Of the pictures' difference")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command.add_option("--perceptual-weight", question.perceptualWeight, "Of the difference of a classifier's features")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command.add_flag(
      "--plain-features", options.plainFeatures,
      "Features count as they are, not relative to their size (published for VGG-16 with a weight of 5e-5)");
  command.add_option("--perceptual", options.perceptual, "The classifier (default: the built-in scene-classifier)");
  command.add_option("--perceptual-layers", question.perceptualLayers, "Its layers (default: up to three)");
  command.add_option("--domain-weight", question.domainWeight, "Of the distance to the encoder's code of the result")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command.add_option("--encoder", options.encoder,
                     "Network from a picture to z, w or w+; none: start from the mean latent (default: the built-in "
                     "scene-encoder for scene-generator)");
  command.add_option("--domain-samples", options.samples, "Generated pictures to compare with")
      ->check(CLI::Range(8, 4096))
      ->capture_default_str();
  command
      .add_option("--domain-known", options.known,
                  "scene-generator: rendered scenes to compare with instead; 0 for none (default 24)")
      ->check(CLI::Range(0, 4096));
  command.add_option("--domain-reference", options.reference,
                     "JSON file that keeps what they were like, so that it is computed once");
}

bool drawsScenes(const Generator& generator) {
  return embeddedEncoderFor(generator) != nullptr;
}

InversionQuestion questionFrom(const InversionOptions& options, const ModelOptions& model, Generator& generator,
                               Console& console) {
  InversionQuestion question = options.question;
  if (!options.space.empty()) question.space = latentSpaceFrom(options.space);
  question.relativeFeatures = !options.plainFeatures;
  const auto opened = [&](const std::string& name) {
    ModelOptions other = model;
    other.model = name;
    other.card.clear();
    return openModel(other, console);
  };
  if (options.encoder == "none")
    question.useEncoder = false;
  else
    question.encoder = options.encoder.empty() ? embeddedEncoderFor(generator) : opened(options.encoder);
  if (!options.perceptual.empty()) question.perceptual = opened(options.perceptual);
  console.clearProgress();
  return question;
}

DomainReference referenceFor(const InversionOptions& options, Generator& generator, const InversionQuestion& question,
                             Console& console) {
  DomainQuestion asked;
  asked.inversion = question;
  asked.samples = options.samples;
  const std::int64_t known = options.known >= 0 ? options.known : (drawsScenes(generator) ? kUsualKnown : 0);
  if (known > 0 && !drawsScenes(generator))
    throw Error("--domain-known", "is for scene-generator, whose domain can be rendered");
  SceneOptions scene;
  if (known > 0) scene.size = static_cast<int>(generator.plan().imageShape[1]);
  for (std::int64_t i = 0; i < known; ++i)
    asked.known.push_back(renderScene(kKnownScenes, static_cast<std::uint64_t>(i), scene).picture);
  std::error_code problem;
  if (!options.reference.empty() && std::filesystem::exists(options.reference, problem)) {
    const std::string file = options.reference.string();
    DomainReference kept = domainReferenceFromJson(readTextFile(options.reference), file);
    if (kept.settings != domainSettings(generator, asked))
      throw Error(file, "was computed for other settings; delete it or name another file");
    return kept;
  }
  DomainReference made =
      domainReference(generator, asked, console.progress("inverting pictures of the domain"), console.cancel());
  console.clearProgress();
  if (!options.reference.empty()) writeFileAtomically(options.reference, toJson(made));
  return made;
}

}  // namespace unitscope::cli
