#include "gan/sample_runs.h"

#include <algorithm>
#include <set>

#include "activations/layer_form.h"
#include "engine/devices.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr std::int64_t kMostSamples = 1'000'000;
constexpr std::int64_t kMostFloatsHeld = 64'000'000;

at::Tensor asRows(at::Tensor value, std::int64_t count) {
  value = value.to(at::kFloat);
  if (value.dim() > 0 && value.size(0) == 1 && count > 1) {
    Shape whole = value.sizes().vec();
    whole.front() = count;
    value = value.expand(whole);
  }
  return value;
}

/// The layer, and what nodes between it and the picture read that does not depend on it and is no weight.
std::vector<ValueId> usedBehind(const Graph& graph, ValueId layer, ValueId image, const std::string& name) {
  const auto at = [](ValueId id) { return static_cast<std::size_t>(id); };
  std::vector<bool> behind(graph.values().size(), false), leads(graph.values().size(), false);
  behind[at(layer)] = true;
  for (const Node& node : graph.nodes())
    if (std::ranges::any_of(node.inputs, [&](ValueId id) { return id != kNoValue && behind[at(id)]; }))
      for (const ValueId id : node.outputs)
        if (id != kNoValue) behind[at(id)] = true;
  if (!behind[at(image)]) throw Error(name, "the picture does not depend on this layer");
  leads[at(image)] = true;
  for (auto node = graph.nodes().rbegin(); node != graph.nodes().rend(); ++node)
    if (std::ranges::any_of(node->outputs, [&](ValueId id) { return id != kNoValue && leads[at(id)]; }))
      for (const ValueId id : node->inputs)
        if (id != kNoValue) leads[at(id)] = true;
  std::vector<ValueId> used{layer};
  for (const Node& node : graph.nodes()) {
    const bool between = std::ranges::any_of(
        node.outputs, [&](ValueId id) { return id != kNoValue && id != layer && behind[at(id)] && leads[at(id)]; });
    if (!between) continue;
    for (const ValueId id : node.inputs)
      if (id != kNoValue && !behind[at(id)] && !graph.value(id).data && std::ranges::find(used, id) == used.end())
        used.push_back(id);
  }
  return used;
}

}  // namespace

SynthesisQuestion samplesFrom(const Generator& generator, std::int64_t count, std::uint64_t firstSeed,
                              double truncation, const Array& classes) {
  if (count < 1 || count > kMostSamples) throw Error("samples", "must be from 1 to " + std::to_string(kMostSamples));
  std::vector<std::uint64_t> seeds;
  for (std::int64_t i = 0; i < count; ++i) seeds.push_back(firstSeed + static_cast<std::uint64_t>(i));
  SynthesisQuestion question;
  question.latents = generator.drawLatents(seeds);
  question.truncation = truncation;
  question.classes = classes;
  return question;
}

std::int64_t sampleBatch(const Generator& generator, std::int64_t floats, std::int64_t most) {
  const GeneratorPlan& plan = generator.plan();
  const std::int64_t picture = plan.imageShape[0] * plan.imageShape[1] * plan.imageShape[2];
  // A generator's widest values are about thirty times as large as its picture.
  const std::int64_t each = std::max<std::int64_t>(floats, 30 * picture);
  return plan.batches ? std::clamp<std::int64_t>(kMostFloatsHeld / each, 1, most) : 1;
}

std::vector<at::Tensor> runSamples(Generator& generator, const SynthesisQuestion& question,
                                   const std::vector<ValueId>& fetch, std::int64_t first, std::int64_t count,
                                   const CancelToken& cancel) {
  Generator::Internal& own = generator.internal();
  prepareComputeThread(own.model->settings());
  const at::NoGradGuard noGradients;
  RunRequest request;
  request.feeds = own.feeds(generator, question, first, count, cancel);
  request.edits = own.edits(question.edits);
  request.fetch = fetch;
  request.cancel = cancel;
  std::vector<at::Tensor> values = own.inner().executor.run(request);
  for (at::Tensor& value : values) value = asRows(value, count);
  return values;
}

BehindLayer::BehindLayer(Generator& generator, const std::string& layer) : generator_(generator) {
  Generator::Internal& own = generator.internal();
  const ValueId id = unitLayer(own.inner(), layer);
  values_ = usedBehind(own.model->graph(), id, own.image, layer);
  const auto& shapes = own.inner().shapesFor(at::zeros(own.zSizes(1)));
  const auto shape = shapes.find(id);
  if (shape == shapes.end()) throw Error(layer, "the picture does not depend on this layer");
  const LayerForm form = layerForm(shape->second.shape, layer);
  units_ = form.units;
  unitAxis_ = form.unitAxis();
}

at::Tensor BehindLayer::start(const SynthesisQuestion& question, std::int64_t first, std::int64_t count,
                              const CancelToken& cancel) {
  Generator::Internal& own = generator_.internal();
  prepareComputeThread(own.model->settings());
  const at::NoGradGuard noGradients;
  RunRequest request;
  request.feeds = own.feeds(generator_, question, first, count, cancel);
  request.edits = own.edits(question.edits);
  request.fetch = values_;
  request.fetch.push_back(own.image);
  request.cancel = cancel;
  std::vector<at::Tensor> values = own.inner().executor.run(request);
  feeds_.clear();
  count_ = count;
  for (std::size_t i = 0; i < values_.size(); ++i) feeds_.emplace_back(values_[i], values[i]);
  return asRows(values.back(), count);
}

at::Tensor BehindLayer::pictures(const std::vector<Edit>& edits, bool gradients, const CancelToken& cancel) const {
  Generator::Internal& own = generator_.internal();
  const at::AutoGradMode mode(gradients);
  RunRequest request;
  request.feeds = feeds_;
  request.edits = edits;
  request.fetch = {own.image};
  request.gradients = gradients;
  request.cancel = cancel;
  return asRows(own.inner().executor.run(request).front(), count_);
}

}  // namespace unitscope
