#include "gan/attribute_boundaries.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "gan/generator_samples.h"
#include "gan/latent_rows.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr std::int64_t kMostSamples = 1'000'000;
constexpr std::size_t kMostNumbers = std::size_t{1} << 28, kMostAttributes = 256;
constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();
/// As fitBoundary() has them.
constexpr double kWantedASide = 2500.0, kLeastShare = 0.02, kMostShare = 0.25;
constexpr std::size_t kFewestToValidate = 20;

bool inStyles(const Generator& generator, const std::string& space) {
  const bool styles = generator.plan().hasStyles();
  if (space.empty()) return styles;
  if (space == "z") return false;
  if (space != "w") throw Error("space " + space, "must be z or w");
  if (!styles) throw Error("space w", "this network takes z as it is; its boundaries are in z");
  return true;
}

void append(Array& all, const Array& more) {
  if (all.shape.empty()) {
    all = more;
    return;
  }
  all.shape.front() += more.shape.front();
  all.values.insert(all.values.end(), more.values.begin(), more.values.end());
}

std::vector<float> columnOf(const Array& table, std::size_t column) {
  const auto width = static_cast<std::size_t>(table.shape.back());
  std::vector<float> values;
  for (std::size_t i = column; i < table.values.size(); i += width) values.push_back(table.values[i]);
  return values;
}

/// The share of samples for either side: no more than differ from the other end at all. Of a boat's area, zero in most
/// pictures, the highest quarter would else be pictures without a boat as well.
double shareFor(const std::vector<float>& scores, double wanted) {
  const auto count = static_cast<double>(scores.size());
  const auto [low, high] = std::ranges::minmax(scores);
  const auto above = static_cast<double>(std::ranges::count_if(scores, [low = low](float s) { return s > low; }));
  const auto below = static_cast<double>(std::ranges::count_if(scores, [high = high](float s) { return s < high; }));
  const double share = wanted > 0.0 ? wanted : std::clamp(kWantedASide / count, kLeastShare, kMostShare);
  return std::min({share, above / count, below / count});
}

void measure(const std::vector<float>& scores, AttributeBoundary& boundary) {
  double sum = 0.0, squares = 0.0;
  for (const float s : scores) sum += static_cast<double>(s);
  boundary.mean = sum / static_cast<double>(scores.size());
  for (const float s : scores) squares += std::pow(static_cast<double>(s) - boundary.mean, 2);
  boundary.deviation = std::sqrt(squares / static_cast<double>(scores.size()));
}

double deviationAlong(const Array& latents, const Array& vector) {
  const at::Tensor along = at::mv(rowsOf(latents, "latents"), vectorOf(vector, "direction"));
  return along.std(false).item<double>();
}

LatentDirection directionOf(const Generator& generator, const BoundaryQuestion& question, const Array& latents,
                            const AttributeBoundary& found, const std::vector<Array>& others) {
  const Boundary& boundary = found.boundary;
  LatentDirection direction;
  direction.name = textOf(found.attribute);
  direction.source = "boundary";
  const bool styles = inStyles(generator, question.space);
  direction.space = !styles ? "z" : generator.plan().styleCount > 1 ? "w+" : "w";
  direction.vector = others.empty() ? boundary.normal : withoutParts(boundary.normal, others);
  if (styles) direction.layers = question.layers;
  const double deviation = deviationAlong(latents, direction.vector);
  direction.from = -3.0 * deviation;
  direction.to = 3.0 * deviation;
  direction.details = {{"train_accuracy", boundary.trainAccuracy},
                       {"validation_accuracy", boundary.validationAccuracy},
                       {"remaining_accuracy", boundary.remainingAccuracy},
                       {"deviation", deviation},
                       {"samples", static_cast<double>(latents.shape.front())}};
  // The plane that was trained has it; a conditional direction is the normal of another.
  if (others.empty())
    direction.details["bias"] = boundary.bias;
  else
    direction.details["cosine_with_unconditional"] =
        at::dot(vectorOf(direction.vector, "direction"), vectorOf(boundary.normal, "direction")).item<double>();
  return direction;
}

void checkQuestion(const Generator& generator, const BoundaryQuestion& question, std::size_t attributes) {
  if (attributes == 0) throw Error("attributes", "are needed; none was given");
  if (attributes > kMostAttributes) throw Error("attributes", "are too many; 256 can be asked for at once");
  if (question.samples < 6 || question.samples > kMostSamples)
    throw Error("samples", "must be from 6 to 1,000,000, not " + std::to_string(question.samples));
  const bool styles = inStyles(generator, question.space);
  const auto width = static_cast<std::size_t>(styles ? generator.plan().styleSize : generator.plan().zSize());
  if (static_cast<std::size_t>(question.samples) * (width + attributes) > kMostNumbers)
    throw Error("samples", "are too many to be held; ask for fewer");
  for (const std::int64_t layer : question.layers)
    if (styles && (layer < 0 || layer >= generator.plan().styleCount))
      throw Error("layer " + std::to_string(layer),
                  "does not exist; there are " + std::to_string(generator.plan().styleCount));
}

/// Scores in rows of K, and the latents that belong to them.
void sampleAndScore(Generator& generator, const BoundaryQuestion& question, AttributeScorer& scorer,
                    AttributeBoundaries& into, const Progress& progress, const CancelToken& cancel) {
  const bool styles = inStyles(generator, question.space);
  const std::int64_t chunk = picturesAtOnce(generator.plan());
  for (std::int64_t first = 0; first < question.samples; first += chunk) {
    cancel.check();
    progress.report(static_cast<double>(first) / static_cast<double>(question.samples), "scoring samples");
    const std::int64_t count = std::min(chunk, question.samples - first);
    const SynthesisQuestion drawn = drawSamples(generator, question.firstSeed + static_cast<std::uint64_t>(first),
                                                count, question.truncation, question.classes);
    append(into.scores, scorer.score(generator, generator.synthesise(drawn, {}, cancel), {}, cancel));
    append(into.latents, styles ? firstStyles(generator, drawn, cancel) : drawn.latents);
  }
}

/// Cosines and correlations of those that were found, at their places among all.
Entanglement spread(const AttributeBoundaries& all) {
  const std::size_t count = all.boundaries.size();
  std::vector<std::vector<float>> scores;
  std::vector<Array> normals;
  std::vector<std::size_t> places;
  for (std::size_t k = 0; k < count; ++k) {
    if (!all.boundaries[k].failure.empty()) continue;
    places.push_back(k);
    scores.push_back(columnOf(all.scores, k));
    normals.push_back(all.boundaries[k].boundary.normal);
  }
  const auto side = static_cast<std::int64_t>(count);
  const Array empty{{side, side}, std::vector<float>(count * count, std::numeric_limits<float>::quiet_NaN())};
  Entanglement result{empty, empty};
  if (places.empty()) return result;
  const Entanglement found = entanglement(scores, normals);
  for (std::size_t a = 0; a < places.size(); ++a)
    for (std::size_t b = 0; b < places.size(); ++b) {
      result.correlation.values[places[a] * count + places[b]] = found.correlation.values[a * places.size() + b];
      result.cosine.values[places[a] * count + places[b]] = found.cosine.values[a * places.size() + b];
    }
  return result;
}

/// Boundaries of all columns; what cannot be trained says why.
void fitAll(const BoundaryQuestion& question, AttributeBoundaries& all, const Progress& progress,
            const CancelToken& cancel) {
  for (std::size_t k = 0; k < all.boundaries.size(); ++k) {
    cancel.check();
    AttributeBoundary& one = all.boundaries[k];
    progress.report(static_cast<double>(k) / static_cast<double>(all.boundaries.size()), textOf(one.attribute));
    const std::vector<float> scores = columnOf(all.scores, k);
    measure(scores, one);
    BoundaryOptions fit = question.fit;
    fit.share = shareFor(scores, fit.share);
    try {
      one.boundary = fitBoundary(all.latents, scores, fit, cancel);
    } catch (const Error& problem) {
      one.failure = problem.reason();
    }
  }
}

}  // namespace

std::vector<LatentDirection> AttributeBoundaries::directions() const {
  std::vector<LatentDirection> found;
  for (std::size_t k = 0; k < std::min(asked, boundaries.size()); ++k)
    if (boundaries[k].failure.empty()) found.push_back(boundaries[k].direction);
  return found;
}

AttributeBoundaries attributeBoundaries(Generator& generator, const BoundaryQuestion& question,
                                        const Progress& progress, const CancelToken& cancel) {
  const auto started = std::chrono::steady_clock::now();
  if (!canFitBoundaries()) throw Error("boundary", "this build has no LIBLINEAR, which trains them");
  std::vector<PictureAttribute> attributes = question.attributes;
  for (const PictureAttribute& other : question.conditionOn)
    if (std::ranges::find(attributes, other) == attributes.end()) attributes.push_back(other);
  checkQuestion(generator, question, attributes.size());
  AttributeScorer scorer(attributes, question.models);

  AttributeBoundaries all;
  all.space = inStyles(generator, question.space) ? "w" : "z";
  all.asked = question.attributes.size();
  for (std::size_t k = 0; k < attributes.size(); ++k) {
    AttributeBoundary one;
    one.attribute = scorer.attributes()[k];
    all.boundaries.push_back(std::move(one));
  }
  sampleAndScore(generator, question, scorer, all, progress.part(0.0, 0.9), cancel);
  fitAll(question, all, progress.part(0.9, 1.0), cancel);

  // What is projected out of the other directions for each attribute that they are to leave alone.
  std::vector<Array> guards(attributes.size());
  for (std::size_t k = 0; k < attributes.size(); ++k) {
    const bool wanted = std::ranges::find(question.conditionOn, attributes[k]) != question.conditionOn.end();
    if (!wanted || !all.boundaries[k].failure.empty()) continue;
    guards[k] = question.conditioning == Conditioning::Scores ? scoreGradient(all.latents, columnOf(all.scores, k))
                                                              : all.boundaries[k].boundary.normal;
  }
  for (std::size_t k = 0; k < all.asked; ++k) {
    AttributeBoundary& one = all.boundaries[k];
    if (!one.failure.empty()) continue;
    std::vector<Array> others;
    for (std::size_t other = 0; other < guards.size(); ++other)
      if (other != k && !guards[other].values.empty()) others.push_back(guards[other]);
    try {
      one.direction = directionOf(generator, question, all.latents, one, others);
    } catch (const Error& problem) {
      one.failure = problem.reason();
    }
  }
  all.entanglement = spread(all);
  all.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return all;
}

AttributeBoundary boundaryFromLabels(Generator& generator, const HandLabelled& labels, const BoundaryQuestion& question,
                                     const CancelToken& cancel) {
  SynthesisQuestion drawn;
  drawn.latents = labels.latents.values.empty() ? generator.drawLatents(labels.seeds) : labels.latents;
  drawn.truncation = question.truncation;
  drawn.classes = question.classes;
  const std::size_t count = labels.positive.size();
  const auto positives = static_cast<std::size_t>(std::ranges::count(labels.positive, true));
  if (positives < 3 || count - positives < 3)
    throw Error(labels.name, "needs at least three samples that have it and three that do not; there are " +
                                 std::to_string(positives) + " and " + std::to_string(count - positives));
  if (drawn.latents.shape.empty() || drawn.latents.shape.front() != static_cast<std::int64_t>(count))
    throw Error(labels.name, "has " + std::to_string(count) + " labels for " +
                                 std::to_string(drawn.latents.shape.empty() ? 0 : drawn.latents.shape.front()) +
                                 " samples");
  checkQuestion(generator, question, 1);
  AttributeBoundary found;
  found.attribute = {PictureAttribute::Kind::HandLabels, labels.name, PictureAttribute::Band::Whole};
  const Array latents =
      inStyles(generator, question.space) ? firstStyles(generator, drawn, cancel) : std::move(drawn.latents);
  std::vector<float> scores;
  for (const bool positive : labels.positive) scores.push_back(positive ? 1.0F : 0.0F);
  measure(scores, found);
  BoundaryOptions fit = question.fit;
  if (std::min(positives, count - positives) < kFewestToValidate) fit.validation = 0.0;
  found.boundary = fitBoundary(latents, scores, fit, cancel);
  if (fit.validation == 0.0) found.boundary.validationAccuracy = kNotANumber;
  found.direction = directionOf(generator, question, latents, found, {});
  return found;
}

}  // namespace unitscope
