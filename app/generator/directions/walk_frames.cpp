#include "app/generator/directions/walk_frames.h"

#include <algorithm>
#include <cmath>

#include "app/generator/directions/direction_facts.h"
#include "gan/generator.h"
#include "gan/walk.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

/// The scene with everything that lies before the space of the walk worked into its latents.
GeneratorScene settled(Generator& generator, const GeneratorScene& scene, bool inZ, const CancelToken& cancel) {
  GeneratorScene result = scene;
  if (!inZ) {
    result.sample = withMoves(generator, scene.sample, scene.moves, cancel);
    result.moves.clear();
    if (result.sample.space == LatentSpace::WPlus) return result;
    result.sample.latents = generator.styles(result.sample, cancel);
    result.sample.space = LatentSpace::WPlus;
    result.sample.truncation = 1.0;
    return result;
  }
  if (scene.sample.space != LatentSpace::Z)
    throw Error(scene.name.toStdString(), "is given by what the layers take: it has no z to walk through");
  std::vector<LatentMove> ofZ;
  result.moves.clear();
  for (const LatentMove& move : scene.moves) (move.direction.space == "z" ? ofZ : result.moves).push_back(move);
  result.sample = withMoves(generator, scene.sample, ofZ, cancel);
  return result;
}

/// Mean distance between two samples, over one layer.
double sampleDistance(Generator& generator, const GeneratorScene& scene, bool inZ, const CancelToken& cancel) {
  constexpr std::uint64_t kFirst = 0x77616c6bULL, kSamples = 16;
  SynthesisQuestion question;
  std::vector<std::uint64_t> seeds;
  for (std::uint64_t i = 0; i < kSamples; ++i) seeds.push_back(kFirst + i);
  question.latents = generator.drawLatents(seeds);
  question.classes = scene.sample.classes;
  if (scene.sample.space == LatentSpace::Z) question.truncation = scene.sample.truncation;
  const Array all = inZ ? question.latents : generator.styles(question, cancel);
  const auto width = static_cast<std::size_t>(all.shape.back()), step = all.values.size() / kSamples;
  double sum = 0.0;
  for (std::size_t i = 0; i + 1 < kSamples; ++i) {
    double square = 0.0;
    for (std::size_t k = 0; k < width; ++k)
      square += std::pow(static_cast<double>(all.values[i * step + k] - all.values[(i + 1) * step + k]), 2);
    sum += std::sqrt(square);
  }
  return std::max(1e-9, sum / static_cast<double>(kSamples - 1));
}

double lengthOf(const Array& vector) {
  double square = 0.0;
  for (const float value : vector.values) square += static_cast<double>(value) * static_cast<double>(value);
  return std::sqrt(square);
}

/// The farther end of its slider.
double farthestOf(const LatentDirection& direction) {
  const auto [from, to] = rangeOf(direction);
  return std::max(std::abs(from), std::abs(to));
}

Array rowOf(const Array& rows, std::size_t index) {
  const std::size_t size = rows.values.size() / static_cast<std::size_t>(rows.shape.front());
  const auto from = rows.values.begin() + static_cast<std::ptrdiff_t>(index * size);
  Array row{rows.shape, {from, from + static_cast<std::ptrdiff_t>(size)}};
  row.shape.front() = 1;
  return row;
}

/// Classes of a film between two samples go over into one another too, where they are shares.
Array classesAt(const Array& from, const Array& to, double share, bool numbers) {
  if (numbers || from.shape != to.shape || from.values.size() != to.values.size()) return share < 0.5 ? from : to;
  Array mixed = from;
  for (std::size_t i = 0; i < mixed.values.size(); ++i)
    mixed.values[i] = static_cast<float>((1.0 - share) * static_cast<double>(from.values[i]) +
                                         share * static_cast<double>(to.values[i]));
  return mixed;
}

}  // namespace

std::vector<GeneratorScene> walkFrames(Generator& generator, const GeneratorScene& start, const WalkPlan& plan,
                                       const CancelToken& cancel) {
  const bool inZ = !generator.plan().hasStyles() || plan.throughZ;
  const GeneratorScene base = settled(generator, start, inZ, cancel);
  Array path, endClasses;
  if (plan.kind == WalkPlan::Kind::Between) {
    const GeneratorScene end = settled(generator, plan.end, inZ, cancel);
    endClasses = end.sample.classes;
    path = interpolate(base.sample.latents, end.sample.latents, plan.frames,
                       plan.spherical ? Interpolation::Spherical : Interpolation::Linear);
  } else {
    WalkQuestion question;
    question.start = base.sample.latents;
    question.frames = plan.frames;
    question.seed = plan.seed;
    if (plan.kind == WalkPlan::Kind::Along) {
      question.along = plan.along.vector;
      question.radius = farthestOf(plan.along) * lengthOf(plan.along.vector);
      if (!inZ) question.layers = plan.along.layers;
    } else {
      const double distance = sampleDistance(generator, base, inZ, cancel);
      question.radius = plan.radius * distance;
      question.speed = plan.step * distance;
      for (const LatentDirection& direction : plan.keep) question.keep.push_back(direction.vector);
    }
    path = walk(question);
  }
  cancel.check();
  std::vector<GeneratorScene> frames(static_cast<std::size_t>(plan.frames), base);
  // A walk's path has one latent's own shape, questions have rows.
  for (std::size_t i = 0; i < frames.size(); ++i) {
    frames[i].sample.latents = rowOf(path, i);
    frames[i].name = QStringLiteral("%1, %2").arg(start.name).arg(i + 1);
    if (!endClasses.values.empty())
      frames[i].sample.classes =
          classesAt(base.sample.classes, endClasses, static_cast<double>(i) / static_cast<double>(frames.size() - 1),
                    generator.plan().classNumbers);
  }
  return frames;
}

}  // namespace unitscope
