#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>

#include "attribution/score.h"
#include "engine/devices.h"
#include "gan/artifact_units.h"
#include "gan/sample_runs.h"
#include "gan/sample_segmenter.h"
#include "runtime/error.h"
#include "sources/picture_source.h"
#include "training/measures.h"
#include "zoo/embedded_models.h"

namespace unitscope {
namespace {

constexpr std::int64_t kFewest = 4;
constexpr std::int64_t kMostFeatures = 4096;

std::shared_ptr<Model> embeddedLens(const Generator& generator) {
  std::optional<ReadModel> read = readBuiltInModel("scene-classifier");
  if (!read) throw Error("scene-classifier", "this build has none; name a network whose features are compared");
  return Model::fromGraph(std::move(read->graph), std::move(read->card), generator.model()->settings());
}

/// What goes into the last weights before the network's answer.
ValueId lastFeatures(const Model::Internal& inner) {
  const Graph& graph = *inner.graph;
  constexpr std::string_view weighing[] = {"Gemm", "MatMul", "Conv"};
  for (auto node = graph.nodes().rbegin(); node != graph.nodes().rend(); ++node)
    if (std::ranges::find(weighing, node->op) != std::end(weighing) && node->inputs.size() >= 2 &&
        !graph.value(node->inputs[0]).data && graph.value(node->inputs[1]).data)
      return node->inputs[0];
  throw Error(inner.card.title, "has no weights before its answer; name a layer whose features are compared");
}

/// Features of pictures, a row each.
class Lens {
 public:
  Lens(std::shared_ptr<Model> model, const std::string& features, CancelToken cancel)
      : model_(std::move(model)), cancel_(std::move(cancel)) {
    Model::Internal& inner = model_->internal();
    value_ = features.empty() ? lastFeatures(inner) : resolveLayer(*inner.graph, inner.layers, features);
  }

  const Model& model() const { return *model_; }
  const ModelCard& card() const { return model_->card(); }

  /// Of inputs as the network takes them.
  at::Tensor rows(const at::Tensor& inputs) const {
    const at::NoGradGuard noGradients;
    Model::Internal& inner = model_->internal();
    const Value& input = inner.graph->value(inner.inputValue());
    const std::int64_t step = input.shape && !input.shape->empty() && input.shape->front() == 1 ? 1 : inputs.size(0);
    std::vector<at::Tensor> parts;
    for (std::int64_t first = 0; first < inputs.size(0); first += step) {
      cancel_.check();
      RunRequest request;
      request.feeds = inner.feedsFor(inputs.narrow(0, first, std::min(step, inputs.size(0) - first)));
      request.fetch = {value_};
      request.cancel = cancel_;
      at::Tensor value = inner.executor.run(request).front().to(at::kCPU, at::kDouble);
      if (value.dim() == 4) value = value.mean({2, 3});
      if (value.dim() == 3) value = value.mean(1);
      if (value.dim() != 2 || value.size(1) > kMostFeatures)
        throw Error(model_->card().title,
                    "its features " + toString(value.sizes().vec()) + " are too many to compare; name a smaller layer");
      parts.push_back(value);
    }
    return at::cat(parts);
  }

 private:
  std::shared_ptr<Model> model_;
  CancelToken cancel_;
  ValueId value_ = kNoValue;
};

at::Tensor referenceFeatures(const Lens& lens, const RepairQuestion& question, const Progress& progress,
                             const CancelToken& cancel) {
  const auto source = openPictures(question.reference, lens.model(), question.referenceSeed);
  const std::int64_t count =
      source->count() < 0 ? question.referenceCount : std::min(source->count(), question.referenceCount);
  if (count < kFewest) throw Error(question.reference, "has too few pictures to compare with; 4 at least");
  std::vector<at::Tensor> parts;
  inBatches(count, 32, progress, cancel, "Looking at the reference", [&](std::int64_t first, std::int64_t some) {
    std::vector<Array> inputs;
    std::vector<at::Tensor> views;
    for (std::int64_t i = first; i < first + some; ++i) {
      cancel.check();
      inputs.push_back(source->at(i).input);
    }
    for (const Array& input : inputs) views.push_back(viewOf(input));
    parts.push_back(lens.rows(at::cat(views)));
  });
  return at::cat(parts);
}

at::Tensor generatedFeatures(Generator& generator, const Lens& lens, const SynthesisQuestion& samples,
                             const std::string& what, const Progress& progress, const CancelToken& cancel) {
  std::vector<at::Tensor> parts;
  inBatches(rowsOf(samples), sampleBatch(generator, 0), progress, cancel, what,
            [&](std::int64_t first, std::int64_t count) {
              const at::Tensor images =
                  runSamples(generator, samples, {generator.internal().image}, first, count, cancel).front();
              parts.push_back(lens.rows(inputFor(generator, images, lens.card())));
            });
  return at::cat(parts);
}

}  // namespace

RepairEffect measureRepair(Generator& generator, const RepairQuestion& question, const Progress& progress,
                           const CancelToken& cancel) {
  const auto start = std::chrono::steady_clock::now();
  if (question.samples < kFewest) throw Error("samples", "must be 4 at least to be compared");
  const Lens lens(question.lens ? question.lens : embeddedLens(generator), question.features, cancel);
  prepareComputeThread(lens.model().settings());
  SynthesisQuestion samples =
      samplesFrom(generator, question.samples, question.firstSeed, question.truncation, question.classes);
  const at::Tensor real = referenceFeatures(lens, question, progress.part(0.0, 0.3), cancel);
  const at::Tensor before =
      generatedFeatures(generator, lens, samples, "Making pictures", progress.part(0.3, 0.65), cancel);
  samples.edits = question.edits;
  const at::Tensor after =
      generatedFeatures(generator, lens, samples, "Making repaired pictures", progress.part(0.65, 1.0), cancel);
  RepairEffect effect;
  effect.before = frechetDistance(before, real);
  effect.after = frechetDistance(after, real);
  const std::int64_t half = real.size(0) / 2;
  effect.reference = frechetDistance(real.narrow(0, 0, half), real.narrow(0, half, real.size(0) - half));
  effect.samples = question.samples;
  effect.referenceCount = real.size(0);
  effect.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return effect;
}

}  // namespace unitscope
