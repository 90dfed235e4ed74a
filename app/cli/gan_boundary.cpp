#include <cmath>
#include <iomanip>
#include <ostream>

#include "app/cli/commands.h"
#include "app/cli/files.h"
#include "app/cli/gan_attribute_boundaries.h"
#include "app/cli/gan_direction_files.h"
#include "app/cli/json_text.h"
#include "gan/boundary.h"
#include "gan/directions_file.h"
#include "runtime/error.h"

namespace unitscope::cli {
namespace {

struct BoundaryCommand {
  std::filesystem::path latents, scores;
  std::string npy, name, space = "w";
  std::vector<std::string> without;
  BoundaryOptions fit;
  AttributeBoundaryOptions own;  ///< where a network draws and scores the samples
  bool json = false;
};

/// NaN, which JSON does not have, is null.
Json number(double value) {
  return std::isfinite(value) ? Json(value) : Json(nullptr);
}

double cosine(const Array& a, const Array& b) {
  return static_cast<double>(entanglement({}, {a, b}).cosine.values[1]);
}

LatentDirection directionOf(const BoundaryCommand& options, const Boundary& boundary, const Array& normal) {
  LatentDirection direction;
  direction.name = options.name.empty() ? options.scores.stem().string() : options.name;
  direction.source = "boundary";
  direction.space = normal.shape.size() == 2 ? "w+" : options.space;
  direction.vector = normal;
  direction.details = {{"train_accuracy", boundary.trainAccuracy},
                       {"validation_accuracy", boundary.validationAccuracy},
                       {"remaining_accuracy", boundary.remainingAccuracy},
                       {"deviation", boundary.deviation}};
  // Of the plane that was trained; a conditional direction lies in another.
  if (options.without.empty()) direction.details["bias"] = boundary.bias;
  return direction;
}

int performOwn(const BoundaryCommand& options, bool space, bool cost, Console& console) {
  AttributeBoundaryOptions own = options.own;
  const double soft = own.question.fit.cost;
  own.question.fit = options.fit;
  if (!cost) own.question.fit.cost = soft;
  if (space) own.question.space = options.space;
  own.npy = options.npy;
  own.json = options.json;
  return performAttributeBoundaries(own, console);
}

int perform(const BoundaryCommand& options, Console& console) {
  const Array latents = readNpyFloats(options.latents);
  const Array scores = readNpyFloats(options.scores);
  const Boundary boundary = fitBoundary(latents, scores.values, options.fit, console.cancel());
  std::vector<Array> others;
  for (const std::string& text : options.without)
    for (LatentDirection& other : readDirections(text)) others.push_back(std::move(other.vector));
  const Array normal = others.empty() ? boundary.normal : withoutParts(boundary.normal, others);
  if (!options.npy.empty()) saveDirections({directionOf(options, boundary, normal)}, options.npy);

  const std::size_t positives = boundary.trainPositive.size() + boundary.validationPositive.size();
  const std::size_t negatives = boundary.trainNegative.size() + boundary.validationNegative.size();
  if (options.json) {
    Json json{{"samples", latents.shape.front()},
              {"latent_dim", boundary.normal.values.size()},
              {"positives", positives},
              {"negatives", negatives},
              {"remaining", boundary.remaining},
              {"accuracy",
               {{"train", boundary.trainAccuracy},
                {"validation", number(boundary.validationAccuracy)},
                {"remaining", number(boundary.remainingAccuracy)}}},
              {"bias", boundary.bias},
              {"deviation", boundary.deviation},
              {"normal", boundary.normal.values}};
    if (!others.empty()) {
      json["conditional"] = normal.values;
      json["cosine_with_unconditional"] = cosine(normal, boundary.normal);
      for (const Array& other : others) json["cosine_with_others"].push_back(cosine(boundary.normal, other));
    }
    json["split"] = {{"train_positive", boundary.trainPositive},
                     {"train_negative", boundary.trainNegative},
                     {"validation_positive", boundary.validationPositive},
                     {"validation_negative", boundary.validationNegative}};
    json["npy"] = options.npy.empty() ? Json(nullptr) : Json(options.npy);
    printJson(console.out(), json);
    return kFine;
  }
  std::ostream& out = console.out();
  const auto line = [&](const char* what, double share, std::size_t count) {
    out << std::left << std::setw(12) << what << std::right;
    if (std::isfinite(share))
      out << std::fixed << std::setprecision(2) << std::setw(8) << 100.0 * share << " %  of " << count << '\n';
    else
      out << "       -\n";
  };
  out << positives << " positives and " << negatives << " negatives of " << latents.shape.front() << " samples\n";
  line("training", boundary.trainAccuracy, boundary.trainPositive.size() + boundary.trainNegative.size());
  line("validation", boundary.validationAccuracy,
       boundary.validationPositive.size() + boundary.validationNegative.size());
  line("all others", boundary.remainingAccuracy, static_cast<std::size_t>(boundary.remaining));
  return kFine;
}

}  // namespace

void addGanBoundary(CLI::App& gan, Action& chosen) {
  auto options = std::make_shared<BoundaryCommand>();
  BoundaryOptions& fit = options->fit;
  CLI::App* command = gan.add_subcommand(
      "boundary",
      "Trains the boundaries of attributes (InterFaceGAN), on samples of MODEL or from latents and their scores");
  CLI::Option* model = command->add_option("MODEL", options->own.model.model,
                                           "Generator that draws the samples (`unitscope zoo list` for built-in ones)");
  addComputeOptions(*command, options->own.model);
  CLI::Option* attributes = addAttributeOptions(*command, options->own.words);
  addAttributeBoundaryOptions(*command, options->own);
  CLI::Option* latents = command->add_option("--latents", options->latents, "Latents, .npy [N,D] or [N,L,D]");
  CLI::Option* scores =
      command->add_option("--scores", options->scores, "How much of the attribute each has, .npy of N numbers");
  latents->needs(scores)->excludes(model)->excludes(attributes);
  scores->needs(latents);
  model->needs(attributes);
  attributes->needs(model);
  command->add_option("--npy", options->npy, "Write the unit normals here, [K,D], and OUT.npy.json beside");
  command->add_option("--name", options->name, "Of the attribute that --scores are of (default: the file)");
  CLI::Option* space =
      command
          ->add_option("--space", options->space, "Latent space: of --latents w; of MODEL w where it has one, else z")
          ->check(CLI::IsMember({"z", "w", "w+"}));
  command
      ->add_option("--without", options->without,
                   "A direction to project out (FILE or FILE:ROW), so that its score stays. Repeatable")
      ->allow_extra_args(false)
      ->excludes(model);
  command
      ->add_option("--share", fit.share,
                   "Share of the highest scores that are positives, and of the lowest (default: 2500 samples, between "
                   "0.02 and 0.25)")
      ->check(CLI::Range(1e-9, 0.5));
  command->add_option("--validation", fit.validation, "Share of them that is kept for validation")
      ->check(CLI::Range(0.0, 0.99))
      ->capture_default_str();
  CLI::Option* cost = command->add_option("--cost", fit.cost, "C of the support vector machine (MODEL: 0.005, else 1)")
                          ->check(CLI::Range(1e-9, 1e9));
  command->add_option("--seed", fit.seed, "Of the split")->capture_default_str();
  addJsonFlag(*command, options->json);
  command->parse_complete_callback([model, latents] {
    if (model->count() == 0 && latents->count() == 0) throw CLI::RequiredError("MODEL or --latents");
  });
  command->callback([options, &chosen, model, space, cost] {
    const bool own = model->count() > 0, spaced = space->count() > 0, priced = cost->count() > 0;
    chosen = [options, own, spaced, priced](Console& console) {
      return own ? performOwn(*options, spaced, priced, console) : perform(*options, console);
    };
  });
}

}  // namespace unitscope::cli
