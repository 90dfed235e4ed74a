#include <iomanip>
#include <ostream>

#include "app/cli/commands.h"
#include "app/cli/json_text.h"
#include "gan/directions_file.h"
#include "gan/generator.h"
#include "gan/generator_directions.h"

namespace unitscope::cli {
namespace {

struct DirectionsOptions {
  ModelOptions model;
  DirectionsQuestion question;
  std::string method = "sefa", layers = "all", npy;
  std::int64_t classIndex = -1;
  bool plain = false, json = false;
};

int perform(DirectionsOptions options, Console& console) {
  DirectionsQuestion& question = options.question;
  const bool sefa = options.method == "sefa";
  question.method = sefa ? DirectionsQuestion::Method::Sefa : DirectionsQuestion::Method::Ganspace;
  question.layers = layersFrom(options.layers, "--layers");
  question.normalise = !options.plain;
  const std::shared_ptr<Generator> generator = Generator::from(openModel(options.model, console));
  if (options.classIndex >= 0) question.classes = generator->oneClass(options.classIndex);
  const FoundDirections found =
      findDirections(*generator, question, console.progress(sefa ? "reading weights" : "sampling"), console.cancel());
  console.clearProgress();
  if (!options.npy.empty()) saveDirections(found.directions, options.npy);
  if (options.json) {
    Json json{{"model", options.model.model},
              {"method", options.method},
              {"space", found.space},
              {"layers", question.layers.empty() ? Json("all") : Json(question.layers)},
              {"latent_dim", found.latentSize},
              {"count", found.directions.size()},
              {"eigenvalues", found.eigenvalues},
              {"explained_variance", found.explained}};
    if (sefa) {
      json["normalised"] = question.normalise;
      json["outputs"] = found.outputs;
    } else {
      json["activation"] = found.activation.empty() ? Json(nullptr) : Json(found.activation);
      json["samples"] = found.samples;
      json["seed"] = question.seed;
    }
    json["npy"] = options.npy.empty() ? Json(nullptr) : Json(options.npy);
    printJson(console.out(), json);
    return kFine;
  }
  std::ostream& out = console.out();
  out << "directions in " << found.space << " of " << found.latentSize << " numbers, layers "
      << layersText(question.layers);
  if (!sefa) out << ", from " << found.samples << (found.activation.empty() ? " w" : " values of " + found.activation);
  out << '\n';
  for (std::size_t k = 0; k < found.directions.size(); ++k)
    out << std::setw(4) << k << "  " << std::left << std::setw(16) << found.directions[k].name << std::right
        << (sefa ? "eigenvalue " : "variance ") << std::setprecision(5) << std::setw(10) << found.eigenvalues[k] << "  "
        << std::fixed << std::setprecision(2) << std::setw(6) << 100.0 * found.explained[k] << " %\n"
        << std::defaultfloat;
  return kFine;
}

}  // namespace

void addGanDirections(CLI::App& gan, Action& chosen) {
  auto options = std::make_shared<DirectionsOptions>();
  DirectionsQuestion& question = options->question;
  CLI::App* command =
      gan.add_subcommand("directions", "Finds directions of a latent space without labels: SeFa and GANSpace");
  addModelOptions(*command, options->model);
  command
      ->add_option("--method", options->method,
                   "sefa: eigenvectors of the weights that read the latent; ganspace: principal components of samples")
      ->check(CLI::IsMember({"sefa", "ganspace"}))
      ->capture_default_str();
  command
      ->add_option("--layers", options->layers,
                   "Layers that take their own latent, from 0, as 0-3,5 (sefa: whose weights; both: where it applies)")
      ->capture_default_str();
  command->add_option("--count", question.count, "Directions to find")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{8192}))
      ->capture_default_str();
  command->add_option("--space", question.space, "Latent space (default: w+ or w where there are styles, else z)")
      ->check(CLI::IsMember({"z", "w", "w+"}));
  command->add_option("--npy", options->npy, "Write the directions here, [count, size], and OUT.npy.json beside");
  command->add_flag("--plain", options->plain, "sefa: leaves the weights' lengths as they are");
  command->add_flag("--to-picture", question.toPicture, "sefa: with the styles of layers that draw the picture");
  command->add_option("--activation", question.activation,
                      "ganspace: components of this layer's values, led back to the latent by least squares");
  command->add_option("--samples", question.samples, "ganspace: samples (default: 10000, of a layer's values 2000)")
      ->check(CLI::Range(std::int64_t{2}, std::int64_t{10000000}));
  command->add_option("--seed", question.seed, "ganspace: of the first sample; each further one has the next")
      ->capture_default_str();
  command->add_option("--class", options->classIndex, "ganspace: class of the samples (default: the first)")
      ->check(CLI::NonNegativeNumber);
  addJsonFlag(*command, options->json);
  command->callback(
      [options, &chosen] { chosen = [options](Console& console) { return perform(*options, console); }; });
}

}  // namespace unitscope::cli
