#include "gan/inversion.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/model_internal.h"
#include "gan/inversion_run.h"
#include "runtime/error.h"
#include "zoo/embedded_models.h"

namespace unitscope {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kTogether = 16;
constexpr double kBrightest = 255.0;

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// [H,W] mean over channels of the absolute difference, 0..1; and the root of the mean square.
Array errorMapOf(const Image& a, const Image& b, double& root) {
  const auto channels = static_cast<std::size_t>(a.channels);
  Array map{{a.height, a.width}, std::vector<float>(a.pixels.size() / channels)};
  double squares = 0.0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) {
    const double off = (static_cast<double>(a.pixels[i]) - static_cast<double>(b.pixels[i])) / kBrightest;
    map.values[i / channels] += static_cast<float>(std::abs(off) / static_cast<double>(channels));
    squares += off * off;
  }
  root = std::sqrt(squares / static_cast<double>(a.pixels.size()));
  return map;
}

/// One row of a tensor as plain values, [1,...].
Array rowOf(const at::Tensor& all, std::int64_t row) {
  return toArray(all.narrow(0, row, 1));
}

/// What was found for the pictures of a run.
std::vector<InversionAnswer> answersOf(Generator& generator, InversionRun& run, const InversionQuestion& question,
                                       const std::vector<Image>& targets) {
  const InversionRun::Best& best = run.best();
  std::vector<Image> pictures = generator.picturesOf(toArray(best.images));
  const at::Tensor features = run.featureDifference(best.images);
  std::vector<Image> shared;
  at::Tensor sharedFeatures;
  if (const at::Tensor& images = run.bestShared().images; images.defined()) {
    shared = generator.picturesOf(toArray(images));
    sharedFeatures = run.featureDifference(images);
  }
  const bool compared = run.hasEncoder() && question.domainWeight > 0.0;
  std::vector<InversionAnswer> answers;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i);
    InversionAnswer answer;
    answer.latents = rowOf(best.codes, row);
    answer.space = run.space();
    answer.classes = question.classes;
    answer.target = targets[i];
    answer.picture = std::move(pictures[i]);
    answer.psnr = peakSignalToNoise(answer.target, answer.picture);
    answer.ssim = structuralSimilarity(answer.target, answer.picture);
    answer.errorMap = errorMapOf(answer.target, answer.picture, answer.pixelResidual);
    answer.perceptualResidual = features[row].item<double>();
    if (!shared.empty()) {
      errorMapOf(answer.target, shared[i], answer.sharedPixelResidual);
      answer.sharedPerceptualResidual = sharedFeatures[row].item<double>();
    }
    answer.domainResidual =
        compared ? best.losses.domain[row].item<double>() : std::numeric_limits<double>::quiet_NaN();
    answer.bestStep = best.step[row].item<std::int64_t>();
    answer.fromEncoder = run.hasEncoder() && question.start.shape.empty();
    answers.push_back(std::move(answer));
  }
  return answers;
}

void note(InversionCurves& curves, const InversionRun::Losses& losses) {
  curves.total.push_back(losses.total[0].item<double>());
  curves.pixels.push_back(losses.pixels[0].item<double>());
  curves.perceptual.push_back(losses.perceptual[0].item<double>());
  curves.domain.push_back(losses.domain[0].item<double>());
}

}  // namespace

std::shared_ptr<Model> embeddedEncoderFor(const Generator& generator) {
  // Sizes alone would let it speak for generators that it has never seen; it keeps its generator's mean style.
  const Graph& graph = generator.model()->graph();
  const ValueId mean = graph.find("w_mean");
  if (mean == kNoValue || !graph.value(mean).data || findEmbeddedModel("scene-encoder") == nullptr) return nullptr;
  ReadModel own = readEmbeddedModel("scene-encoder");
  const ValueId known = own.graph.find("w_mean");
  if (known == kNoValue || !own.graph.value(known).data) return nullptr;
  if (graph.value(mean).data->toDoubles() != own.graph.value(known).data->toDoubles()) return nullptr;
  return Model::fromGraph(std::move(own.graph), std::move(own.card), generator.model()->settings());
}

InversionAnswer invert(Generator& generator, const InversionQuestion& question, const InversionWatcher& watch,
                       const Progress& progress, const CancelToken& cancel) {
  const auto start = Clock::now();
  const std::vector<Image> targets{cropFor(question.picture, generator)};
  // The search itself is cancelled, but what is found by then must still be finished.
  InversionRun run(generator, question, cancel);
  run.begin(targets);
  InversionCurves curves;
  double startPsnr = 0.0;
  bool cancelled = false;
  std::int64_t done = 0;
  for (; done <= run.steps(); ++done) {
    try {
      cancel.check();
      const InversionRun::Losses losses = run.step();
      note(curves, losses);
    } catch (const Cancelled&) {
      if (done == 0) throw;
      cancelled = true;
      break;
    }
    const bool shown = question.previewEvery > 0 && (done % question.previewEvery == 0 || done == run.steps());
    if (done == 0 || (watch && shown)) {
      InversionPreview preview{done,
                               run.steps(),
                               generator.picturesOf(toArray(run.drawn())).front(),
                               curves.total.back(),
                               curves.pixels.back(),
                               curves.perceptual.back(),
                               curves.domain.back()};
      if (done == 0) startPsnr = peakSignalToNoise(targets.front(), preview.picture);
      if (watch && shown) watch(preview);
    }
    progress.report(static_cast<double>(done) / static_cast<double>(run.steps()), "inverting");
  }
  run.stopListening();
  InversionAnswer answer = std::move(answersOf(generator, run, question, targets).front());
  answer.curves = std::move(curves);
  answer.startPsnr = startPsnr;
  answer.stepsDone = std::min(done, run.steps());
  answer.cancelled = cancelled;
  answer.seconds = secondsSince(start);
  return answer;
}

std::vector<InversionAnswer> invertAll(Generator& generator, const std::vector<Image>& pictures,
                                       const InversionQuestion& question, const Progress& progress,
                                       const CancelToken& cancel) {
  InversionQuestion plain = question;
  plain.start = {};
  InversionRun run(generator, plain, cancel);
  const std::size_t together = run.batches() ? static_cast<std::size_t>(kTogether) : 1;
  std::vector<InversionAnswer> answers;
  for (std::size_t first = 0; first < pictures.size(); first += together) {
    const auto start = Clock::now();
    std::vector<Image> targets;
    for (std::size_t i = first; i < std::min(first + together, pictures.size()); ++i)
      targets.push_back(cropFor(pictures[i], generator));
    run.begin(targets);
    std::vector<Image> firstDrawn;
    for (std::int64_t step = 0; step <= run.steps(); ++step) {
      cancel.check();
      static_cast<void>(run.step());
      if (step == 0) firstDrawn = generator.picturesOf(toArray(run.drawn()));
      const double part = static_cast<double>(step) / static_cast<double>(run.steps());
      progress.report((static_cast<double>(first) + part * static_cast<double>(targets.size())) /
                          static_cast<double>(pictures.size()),
                      "inverting");
    }
    std::vector<InversionAnswer> found = answersOf(generator, run, plain, targets);
    for (std::size_t i = 0; i < found.size(); ++i) {
      found[i].startPsnr = peakSignalToNoise(targets[i], firstDrawn[i]);
      found[i].stepsDone = run.steps();
      found[i].seconds = secondsSince(start) / static_cast<double>(targets.size());
      answers.push_back(std::move(found[i]));
    }
  }
  return answers;
}

}  // namespace unitscope
