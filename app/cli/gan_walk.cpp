#include <algorithm>
#include <cmath>
#include <ostream>

#include "app/cli/commands.h"
#include "app/cli/files.h"
#include "app/cli/film.h"
#include "app/cli/gan_direction_files.h"
#include "app/cli/json_text.h"
#include "gan/generator.h"
#include "gan/walk.h"
#include "runtime/error.h"

namespace unitscope::cli {
namespace {

struct WalkOptions {
  ModelOptions model;
  std::string from, to, along, layers = "all", space, npy;
  std::vector<std::string> keep;
  std::int64_t row = 0, toRow = 0;
  std::uint64_t startSeed = 0;
  bool spherical = false, open = false, json = false;
  WalkQuestion question;
  FilmOptions film;
};

/// One latent of a file of many.
Array latentFrom(const std::string& file, std::int64_t row) {
  const Array all = readNpyFloats(file);
  if (all.shape.empty() || all.values.empty()) throw Error(file, "holds no latents");
  if (all.shape.size() == 1) return all;
  if (row < 0 || row >= all.shape.front())
    throw Error(file, "has no row " + std::to_string(row) + "; there are " + std::to_string(all.shape.front()));
  const std::size_t size = all.values.size() / static_cast<std::size_t>(all.shape.front());
  const auto begin = all.values.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(row) * size);
  Array one{all.shape, {begin, begin + static_cast<std::ptrdiff_t>(size)}};
  one.shape.front() = 1;
  return one;
}

/// The latent that a network makes of a seed.
Array drawn(const WalkOptions& options, Generator& generator, Console& console) {
  SynthesisQuestion question;
  question.latents = generator.drawLatents({options.startSeed});
  const bool styles = options.space.empty() ? generator.plan().hasStyles() : options.space != "z";
  if (!styles) return question.latents;
  Array rows = generator.styles(question, console.cancel());
  if (options.space != "w") return rows;
  // Nothing has given the layers other ones yet.
  rows.values.resize(static_cast<std::size_t>(rows.shape.back()));
  rows.shape = {1, rows.shape.back()};
  return rows;
}

void film(const Array& path, const WalkOptions& options, Generator& generator, Console& console) {
  constexpr std::int64_t kMostNumbers = std::int64_t{1} << 28;
  if (path.shape.front() > kMostNumbers / elementCount(generator.plan().imageShape))
    throw Error("--frames", "are too many for a film of pictures of this size; write --npy and draw them in parts");
  SynthesisQuestion question;
  question.latents = path;
  // Rows of w+ are told by their form; of [N,D] those who want w say so.
  question.space = path.shape.size() == 3 && path.shape[2] > 1 ? LatentSpace::WPlus
                   : options.space == "w"                      ? LatentSpace::W
                                                               : LatentSpace::Z;
  const Array images = generator.synthesise(question, console.progress("making pictures"), console.cancel());
  writeFilm(generator.picturesOf(images), options.film, console);
}

struct Steps {
  double least = 0.0, most = 0.0, farthest = 0.0;
};

/// Between frames, in the layer that moves most.
Steps stepsOf(const Array& path) {
  const auto frames = static_cast<std::size_t>(path.shape.front()), width = static_cast<std::size_t>(path.shape.back());
  const std::size_t size = path.values.size() / frames;
  const auto distance = [&](std::size_t a, std::size_t b) {
    double most = 0.0;
    for (std::size_t layer = 0; layer < size; layer += width) {
      double sum = 0.0;
      for (std::size_t k = layer; k < layer + width; ++k)
        sum += std::pow(static_cast<double>(path.values[a * size + k] - path.values[b * size + k]), 2);
      most = std::max(most, std::sqrt(sum));
    }
    return most;
  };
  Steps steps{distance(0, 1), 0.0, 0.0};
  for (std::size_t i = 1; i < frames; ++i) {
    const double step = distance(i - 1, i);
    steps.least = std::min(steps.least, step);
    steps.most = std::max(steps.most, step);
    steps.farthest = std::max(steps.farthest, distance(0, i));
  }
  return steps;
}

int perform(WalkOptions options, Console& console) {
  WalkQuestion& question = options.question;
  if (options.from.empty() && options.model.model.empty())
    throw Error("--from", "is needed: where the walk begins; or a network, which draws the start from --start-seed");
  if (options.npy.empty() && !options.film.wanted())
    throw Error("gan walk", "has nowhere to write to; give --npy, --film, --pictures or --strip");
  if (options.film.wanted() && options.model.model.empty())
    throw Error("--film", "needs MODEL, the generator that draws the pictures");
  std::shared_ptr<Generator> generator;
  if (!options.model.model.empty() && (options.from.empty() || options.film.wanted()))
    generator = Generator::from(openModel(options.model, console));
  question.start = options.from.empty() ? drawn(options, *generator, console) : latentFrom(options.from, options.row);
  Array path;
  if (!options.to.empty()) {
    path = interpolate(question.start, latentFrom(options.to, options.toRow), question.frames,
                       options.spherical ? Interpolation::Spherical : Interpolation::Linear);
  } else {
    question.closed = !options.open;
    question.layers = layersFrom(options.layers, "--layers");
    for (const std::string& text : options.keep)
      for (LatentDirection& direction : readDirections(text)) question.keep.push_back(std::move(direction.vector));
    if (!options.along.empty()) question.along = readDirection(options.along).vector;
    path = walk(question);
  }
  if (!options.npy.empty()) writeNpyFile(options.npy, path);
  if (options.film.wanted()) film(path, options, *generator, console);
  const Steps steps = stepsOf(path);
  const char* kind =
      !options.to.empty() ? (options.spherical ? "spherical" : "linear") : (options.along.empty() ? "random" : "along");
  if (options.json)
    printJson(console.out(), {{"path", kind},
                              {"frames", path.shape.front()},
                              {"shape", shapeJson(path.shape)},
                              {"closed", options.to.empty() && question.closed},
                              {"seed", question.seed},
                              {"least_step", steps.least},
                              {"largest_step", steps.most},
                              {"farthest", steps.farthest},
                              {"npy", options.npy},
                              {"film", options.film.film.string()}});
  else
    console.out() << toString(path.shape) << ", " << steps.least << " to " << steps.most << " a frame, at most "
                  << steps.farthest << " from the start\n";
  return kFine;
}

}  // namespace

void addGanWalk(CLI::App& gan, Action& chosen) {
  auto options = std::make_shared<WalkOptions>();
  WalkQuestion& question = options->question;
  CLI::App* command =
      gan.add_subcommand("walk", "Latents of a film: a random walk, a way along one direction, or from one to another");
  command->add_option("MODEL", options->model.model,
                      "Generator that draws the start, where --from does not give it, and the pictures");
  addComputeOptions(*command, options->model);
  command->add_option("--from", options->from, "Latents, .npy; the walk begins at one of them");
  command->add_option("--row", options->row, "Which")->check(CLI::NonNegativeNumber)->capture_default_str();
  command->add_option("--start-seed", options->startSeed, "Of the start that MODEL draws")->capture_default_str();
  command
      ->add_option("--space", options->space,
                   "Of the start that MODEL draws (default: w+ where it has it, else z), and of --from for films")
      ->check(CLI::IsMember({"z", "w", "w+"}));
  CLI::Option* to = command->add_option("--to", options->to, "Latents, .npy: straight there instead of a walk");
  command->add_option("--to-row", options->toRow, "Which of them")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_flag("--spherical", options->spherical, "Along the sphere, as fits z")->needs(to);
  command->add_option("--frames", question.frames, "Latents to write")
      ->check(CLI::Range(std::int64_t{2}, std::int64_t{1000000}))
      ->capture_default_str();
  command->add_option("--radius", question.radius, "How far the walk leads")
      ->check(CLI::Range(1e-9, 1e6))
      ->capture_default_str();
  command->add_option("--speed", question.speed, "Distance between two frames")
      ->check(CLI::Range(1e-9, 1e6))
      ->capture_default_str();
  command->add_option("--seed", question.seed, "Of the walk")->capture_default_str();
  command->add_flag("--open", options->open, "Does not come back to the start");
  command
      ->add_option("--keep", options->keep, "A boundary whose attribute must not change (FILE or FILE:ROW). Repeatable")
      ->allow_extra_args(false)
      ->excludes(to);
  command->add_option("--along", options->along, "A direction (FILE or FILE:ROW) in which to go forth and back")
      ->excludes(to);
  command->add_option("--layers", options->layers, "Rows of w+ that move")->capture_default_str();
  command->add_option("--npy", options->npy, "Write the latents here, [frames, ...]");
  addFilmOptions(*command, options->film);
  addJsonFlag(*command, options->json);
  command->callback(
      [options, &chosen] { chosen = [options](Console& console) { return perform(*options, console); }; });
}

}  // namespace unitscope::cli
