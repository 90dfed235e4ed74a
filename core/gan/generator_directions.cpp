#include "gan/generator_directions.h"

#include <algorithm>

#include "engine/model.h"
#include "gan/ganspace.h"
#include "gan/generator.h"
#include "gan/sefa.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr std::int64_t kLatentSamples = 10'000, kActivationSamples = 2'000, kMostSamples = 10'000'000;
constexpr std::int64_t kChunk = 250;
constexpr std::size_t kMostNumbers = std::size_t{1} << 28;

/// The space that is asked for, as the network has it.
std::string spaceOf(const GeneratorPlan& plan, const std::string& wanted) {
  const std::string styles = plan.styleCount > 1 ? "w+" : "w";
  if (wanted.empty()) return plan.hasStyles() ? styles : "z";
  if (wanted == "z") return wanted;
  if (wanted != "w" && wanted != "w+") throw Error("space " + wanted, "must be z, w or w+");
  if (!plan.hasStyles()) throw Error("space " + wanted, "this network takes z as it is; its directions are in z");
  // Directions have one vector for all layers, so w and w+ are the same but for where they can be applied.
  return styles;
}

/// Draws latents, a chunk at a time.
class Samples {
 public:
  Samples(Generator& generator, const DirectionsQuestion& question, bool styles, const CancelToken& cancel)
      : generator_(generator), question_(question), styles_(styles), cancel_(cancel) {}

  /// z [n,D], of samples from `first` on.
  SynthesisQuestion draw(std::int64_t first, std::int64_t count) const {
    std::vector<std::uint64_t> seeds;
    for (std::int64_t i = 0; i < count; ++i) seeds.push_back(question_.seed + static_cast<std::uint64_t>(first + i));
    SynthesisQuestion asked;
    asked.latents = generator_.drawLatents(seeds);
    asked.classes = question_.classes;
    return asked;
  }

  /// z, or the w that it becomes: all rows of w+ are alike there. [n,D]
  Array codes(const SynthesisQuestion& drawn) const {
    if (!styles_) return drawn.latents;
    const Array rows = generator_.styles(drawn, cancel_);
    const auto count = static_cast<std::size_t>(rows.shape.front()),
               width = static_cast<std::size_t>(rows.shape.back());
    Array first{{rows.shape.front(), rows.shape.back()}, {}};
    const std::size_t step = rows.values.size() / count;
    for (std::size_t i = 0; i < count; ++i) {
      const auto from = rows.values.begin() + static_cast<std::ptrdiff_t>(i * step);
      first.values.insert(first.values.end(), from, from + static_cast<std::ptrdiff_t>(width));
    }
    return first;
  }

 private:
  Generator& generator_;
  const DirectionsQuestion& question_;
  bool styles_;
  CancelToken cancel_;
};

void append(Array& all, const Array& rows) {
  if (all.shape.empty()) all.shape = Shape{0};
  const std::int64_t before = all.shape.front();
  all.shape = rows.shape;
  all.shape.front() += before;
  all.values.insert(all.values.end(), rows.values.begin(), rows.values.end());
}

void ofLatents(const DirectionsQuestion& question, const Samples& samples, FoundDirections& found,
               const Progress& progress, const CancelToken& cancel) {
  ComponentSums sums;
  while (sums.rows() < found.samples) {
    cancel.check();
    sums.add(samples.codes(samples.draw(sums.rows(), std::min(kChunk, found.samples - sums.rows()))));
    progress.report(static_cast<double>(sums.rows()) / static_cast<double>(found.samples), "sampling");
  }
  const PrincipalComponents components = sums.take(question.count);
  found.directions = directionsOf(components, found.space, question.layers);
  found.explained = components.explained;
  for (const double deviation : components.deviations) found.eigenvalues.push_back(deviation * deviation);
}

void ofActivation(Generator& generator, const DirectionsQuestion& question, const Samples& samples,
                  FoundDirections& found, const Progress& progress, const CancelToken& cancel) {
  Array codes, values;
  for (std::int64_t done = 0; done < found.samples;) {
    cancel.check();
    // One sample first, which tells how large they are.
    const std::int64_t count = done == 0 ? 1 : std::min(kChunk, found.samples - done);
    const SynthesisQuestion drawn = samples.draw(done, count);
    append(codes, samples.codes(drawn));
    append(values, generator.activations(drawn, found.activation, cancel));
    if (done == 0) {
      const auto room = static_cast<std::int64_t>(kMostNumbers / std::max<std::size_t>(1, values.values.size()));
      if (room < found.samples)
        throw Error(found.activation, "has " + toString(values.shape) + " values for each sample; at most " +
                                          std::to_string(room) + " samples fit, or choose a smaller layer");
    }
    done += count;
    progress.report(static_cast<double>(done) / static_cast<double>(found.samples), "sampling");
  }
  const RegressedComponents components = regressToLatent(values, codes, question.count);
  found.directions = directionsOf(components, found.space);
  for (LatentDirection& direction : found.directions) direction.layers = question.layers;
  found.explained = components.activation.explained;
  for (const double deviation : components.activation.deviations) found.eigenvalues.push_back(deviation * deviation);
}

void bySefa(Generator& generator, const DirectionsQuestion& question, FoundDirections& found, const Progress& progress,
            const CancelToken& cancel) {
  const GeneratorPlan& plan = generator.plan();
  const SefaQuestion asked{found.space == "z" ? plan.z : plan.styles, question.layers, question.count,
                           question.normalise, question.toPicture};
  const SefaDirections directions = findSefa(*generator.model(), asked, progress, cancel);
  found.directions = directionsOf(directions, found.space);
  found.eigenvalues = directions.eigenvalues;
  found.explained = directions.explained;
  found.outputs = directions.outputs;
}

/// The first layer that works on z, by name.
std::string firstLayer(const Generator& generator) {
  const Graph& graph = generator.model()->graph();
  const std::vector<NodeId> readers = latentReaders(graph, graph.find(generator.plan().z));
  if (readers.empty()) throw Error("layer", "no layer with weights reads z; name the one to analyse");
  return graph.value(graph.node(readers.front()).outputs.front()).name;
}

}  // namespace

FoundDirections findDirections(Generator& generator, const DirectionsQuestion& question, const Progress& progress,
                               const CancelToken& cancel) {
  const GeneratorPlan& plan = generator.plan();
  if (question.count < 1 || question.count > 8192) throw Error("count", "must be from 1 to 8,192");
  FoundDirections found;
  found.space = spaceOf(plan, question.space);
  found.latentSize = found.space == "z" ? plan.zSize() : plan.styleSize;
  if (question.method == DirectionsQuestion::Method::Sefa) {
    bySefa(generator, question, found, progress, cancel);
    return found;
  }
  if (plan.z.empty()) throw Error("ganspace", "this file starts at w, so nothing says how w is spread; use SeFa");
  if (found.space == "w+")
    for (const std::int64_t layer : question.layers)
      if (layer < 0 || layer >= plan.styleCount)
        throw Error("layer " + std::to_string(layer),
                    "there are the layers 0 to " + std::to_string(plan.styleCount - 1));
  // z is drawn alike in all directions, so only what the network makes of it has components.
  found.activation = question.activation.empty() && found.space == "z" ? firstLayer(generator) : question.activation;
  found.samples =
      question.samples > 0 ? question.samples : (found.activation.empty() ? kLatentSamples : kActivationSamples);
  if (found.samples < 2 || found.samples > kMostSamples) throw Error("samples", "must be from 2 to ten million");
  const Samples samples(generator, question, found.space != "z", cancel);
  if (found.activation.empty())
    ofLatents(question, samples, found, progress, cancel);
  else
    ofActivation(generator, question, samples, found, progress, cancel);
  return found;
}

}  // namespace unitscope
