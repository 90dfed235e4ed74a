#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include <ATen/CPUGeneratorImpl.h>

#include "attribution/gradients_of.h"
#include "attribution/score.h"
#include "gan/causal_effects.h"
#include "gan/sample_runs.h"
#include "gan/sample_segmenter.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr double kMomentum = 0.9;
constexpr std::int64_t kMostSteps = 100'000;

/// The samples that show the concept, what their pixels show, and how much each pixel weighs.
struct Examples {
  SynthesisQuestion question;
  at::Tensor labels;   ///< [N,h,w]
  at::Tensor weights;  ///< [K + 1] of a pixel by its label: a concept's pixels weigh 1 together, however many
};

SynthesisQuestion rowsOf(const SynthesisQuestion& question, const at::Tensor& rows) {
  SynthesisQuestion some = question;
  some.latents = toArray(viewOf(question.latents).index_select(0, rows));
  if (question.classes.shape.size() == 2 && question.classes.shape.front() > 1)
    some.classes = toArray(viewOf(question.classes).index_select(0, rows));
  return some;
}

Examples examplesFor(Generator& generator, const OptimiseQuestion& question, const SampleSegmenter& segmenter,
                     std::int64_t label, const Progress& progress, const CancelToken& cancel) {
  Examples examples;
  const SynthesisQuestion all =
      samplesFrom(generator, question.samples, question.firstSeed, question.truncation, question.classes);
  std::vector<at::Tensor> parts;
  inBatches(question.samples, sampleBatch(generator, 0), progress, cancel, "Looking for " + question.conceptName,
            [&](std::int64_t first, std::int64_t count) {
              const at::Tensor images =
                  runSamples(generator, all, {generator.internal().image}, first, count, cancel).front();
              parts.push_back(segmenter.labels(images, cancel));
            });
  const at::Tensor labels = at::cat(parts);
  const at::Tensor rows = labels.flatten(1).eq(label).any(1).nonzero().flatten();
  if (rows.numel() == 0)
    throw Error(question.conceptName, "none of " + std::to_string(question.samples) + " samples shows it; take more");
  examples.question = rowsOf(all, rows);
  examples.labels = labels.index_select(0, rows).contiguous();
  const at::Tensor counts =
      at::bincount(examples.labels.flatten(), {}, segmenter.count() + 1).to(at::kFloat) / double(rows.numel());
  // What is hardly there would weigh without end.
  const double least = 1e-3 * static_cast<double>(labels.size(1) * labels.size(2));
  examples.weights = at::where(counts.gt(least), 1.0 / counts, at::zeros_like(counts));
  return examples;
}

/// What one batch costs: the concept's probability where it was, and what others lose where they were.
at::Tensor lossOf(const at::Tensor& logProbabilities, const at::Tensor& labels, const at::Tensor& weights,
                  std::int64_t label, double keepOthers) {
  const double pictures = static_cast<double>(labels.size(0));
  const at::Tensor own = labels.eq(label);
  const at::Tensor known = labels.clamp_max(logProbabilities.size(1) - 1);
  const at::Tensor still = logProbabilities.gather(1, known.unsqueeze(1)).squeeze(1).exp();
  const at::Tensor each = weights.index_select(0, labels.flatten()).reshape(labels.sizes());
  const at::Tensor vanish = (still * own * each).sum() / pictures;
  if (keepOthers == 0.0) return vanish;
  const double kinds = std::max(1.0, weights.gt(0.0).sum().item<double>() - 1.0);
  return vanish + ((1.0 - still) * own.logical_not() * each).sum() * (keepOthers / (pictures * kinds));
}

at::Tensor startOf(const OptimiseQuestion& question, std::int64_t units) {
  if (question.start.empty()) return at::full({units}, 0.5, at::kFloat);
  if (static_cast<std::int64_t>(question.start.size()) != units)
    throw Error(question.layer, "has " + std::to_string(units) + " units, which is not as many as starts");
  return at::tensor(question.start, at::kFloat).clamp(0.0, 1.0);
}

}  // namespace

OptimisedUnits optimiseUnits(Generator& generator, const OptimiseQuestion& question, const Progress& progress,
                             const CancelToken& cancel) {
  const auto started = std::chrono::steady_clock::now();
  if (question.steps < 1 || question.steps > kMostSteps) throw Error("steps", "must be from 1 to 100000");
  if (question.batch < 1) throw Error("batch", "must be at least 1");
  if (!(question.rate > 0.0) || !(question.l2 >= 0.0) || !(question.keepOthers >= 0.0))
    throw Error("optimising units", "rate, l2 and the weight of others must be positive numbers");
  const SampleSegmenter segmenter(generator, question.segmenter);
  const std::int64_t label = segmenter.indexOf(question.conceptName);
  BehindLayer behind(generator, question.layer);
  constexpr double kLooking = 0.1;
  const Examples examples = examplesFor(generator, question, segmenter, label, progress.part(0.0, kLooking), cancel);

  OptimisedUnits answer;
  answer.layer = question.layer;
  answer.conceptName = question.conceptName;
  const std::int64_t rows = examples.labels.size(0);
  const std::int64_t batch = std::min({question.batch, rows, sampleBatch(generator, 0)});
  at::Tensor alphas = startOf(question, behind.units()), velocity = at::zeros_like(alphas), order;
  const at::Generator random = at::detail::createCPUGenerator(1);
  std::int64_t next = rows;
  for (std::int64_t step = 0; step < question.steps; ++step) {
    cancel.check();
    progress.report(kLooking + (1.0 - kLooking) * static_cast<double>(step) / static_cast<double>(question.steps),
                    "Optimising the units of " + question.conceptName);
    if (next + batch > rows) {
      order = at::randperm(rows, random, at::kLong);
      next = 0;
    }
    const at::Tensor chosen = order.narrow(0, next, batch);
    next += batch;
    const SynthesisQuestion some = rowsOf(examples.question, chosen);
    behind.start(some, 0, batch, cancel);
    const at::AutoGradMode gradients(true);
    const at::Tensor place = alphas.detach().requires_grad_(true);
    Edit edit;
    edit.value = behind.layer();
    edit.kind = Edit::Kind::Scale;
    Shape broadcast(static_cast<std::size_t>(behind.value().dim()), 1);
    broadcast[behind.unitAxis() < 0 ? broadcast.size() - 1 : 1] = behind.units();
    edit.tensor = (1.0 - place).reshape(broadcast).to(behind.value().device());
    const at::Tensor images = behind.pictures({edit}, /*gradients=*/true, cancel);
    const at::Tensor seen = segmenter.logProbabilities(images, cancel).cpu();
    const at::Tensor loss =
        lossOf(seen, examples.labels.index_select(0, chosen), examples.weights, label, question.keepOthers) +
        place.square().sum() * question.l2;
    const double value = loss.item<double>();
    if (!std::isfinite(value)) throw Error(question.conceptName, "the search lost itself; take a smaller rate");
    answer.losses.push_back(value);
    const at::Tensor slope = gradientsOf(loss, {place}).front();
    const at::NoGradGuard noGradients;
    velocity = velocity * kMomentum + slope;
    alphas = (alphas - velocity * question.rate).clamp(0.0, 1.0);
  }
  for (std::int64_t u = 0; u < behind.units(); ++u) {
    answer.alphas.push_back(alphas[u].item<double>());
    answer.ranked.push_back(u);
  }
  std::ranges::stable_sort(answer.ranked, [&](std::int64_t a, std::int64_t b) {
    return answer.alphas[static_cast<std::size_t>(a)] > answer.alphas[static_cast<std::size_t>(b)];
  });
  answer.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return answer;
}

}  // namespace unitscope
