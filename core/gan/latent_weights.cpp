#include <algorithm>
#include <deque>
#include <optional>
#include <set>

#include "engine/model_internal.h"
#include "gan/sefa.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

/// Large against any bias, so that taking the bias off again loses no digits, and a power of two.
constexpr double kProbe = 1024.0;
constexpr std::int64_t kBatch = 64, kMostWidth = 8192, kMostNumbers = std::int64_t{1} << 28;

/// What the layers that read a latent give for latents of one's choice. They are affine, so differences are weights.
class Prober {
 public:
  Prober(Model& model, const std::string& latent, const CancelToken& cancel);

  std::int64_t width() const { return shape_.size() >= 2 && layered() ? shape_[1] : shape_[0]; }
  std::int64_t rows() const { return layered() ? shape_[0] : 1; }
  bool layered() const { return shape_.size() == 2; }
  std::size_t readers() const { return outputs_.size(); }
  /// For each row of w+ or, without rows, each reader: the readers that belong to it.
  std::vector<std::vector<std::size_t>> readersByLayer();
  /// Whether this reader's style goes to a layer that draws the picture.
  std::vector<bool> drawsPicture();
  /// [D, outputs] over the chosen readers for numbers put into the chosen rows.
  at::Tensor weights(const std::vector<std::size_t>& readers, const std::vector<std::int64_t>& rows,
                     const Progress& progress);

 private:
  std::vector<std::pair<ValueId, at::Tensor>> feeds(const at::Tensor& latents) const;
  std::vector<at::Tensor> run(const at::Tensor& latents, const std::vector<ValueId>& fetch);
  /// [n, outputs] for latents [n, rows, D].
  at::Tensor answers(const at::Tensor& latents, const std::vector<ValueId>& fetch);
  Shape findShape() const;

  Model::Internal& model_;
  CancelToken cancel_;
  ValueId latent_ = kNoValue;
  Shape full_;   ///< of the value, without the batch
  Shape shape_;  ///< {D} or {L,D}
  std::vector<ValueId> outputs_;
  bool batches_ = true;
};

Prober::Prober(Model& model, const std::string& latent, const CancelToken& cancel)
    : model_(model.internal()), cancel_(cancel), latent_(model.graph().find(latent)) {
  if (latent_ == kNoValue) throw Error(latent, "there is no value of this name in the network");
  full_ = findShape();
  shape_ = full_;
  while (shape_.size() > 1 && shape_.back() == 1) shape_.pop_back();
  if (shape_.size() == 2 && shape_.front() == 1) shape_.erase(shape_.begin());
  if (shape_.empty() || shape_.size() > 2 || shape_.back() > kMostWidth)
    throw Error(latent, "is no latent: its values are " + toString(full_) + " for each sample");
  for (const NodeId node : latentReaders(model.graph(), latent_))
    outputs_.push_back(model.graph().node(node).outputs.front());
  if (outputs_.empty()) throw Error(latent, "no layer with weights reads it, so it has no directions of this kind");
}

Shape Prober::findShape() const {
  const Graph& graph = *model_.graph;
  const std::optional<Shape>& declared = graph.value(latent_).shape;
  const auto known = [](std::int64_t size) { return size > 0; };
  if (declared && declared->size() > 1 && std::all_of(declared->begin() + 1, declared->end(), known))
    return {declared->begin() + 1, declared->end()};
  // The file does not say: the network tells.
  RunRequest request;
  request.feeds = model_.feedsFor(model_.blankInput());
  request.fetch = {latent_};
  request.cancel = cancel_;
  const at::Tensor value = model_.executor.run(request).front();
  if (value.dim() < 2) throw Error(graph.value(latent_).name, "is no latent: it has no axis for samples");
  return value.sizes().slice(1).vec();
}

std::vector<std::pair<ValueId, at::Tensor>> Prober::feeds(const at::Tensor& latents) const {
  Shape shape = full_;
  shape.insert(shape.begin(), latents.size(0));
  const at::Device device = model_.executor.options().device;
  std::vector<std::pair<ValueId, at::Tensor>> feeds{{latent_, latents.to(at::kFloat).reshape(shape).to(device)}};
  // Class vectors and the like: what they do is the same for all latents.
  for (const ValueId input : model_.graph->inputs()) {
    const Value& value = model_.graph->value(input);
    if (input == latent_ || value.data || !value.shape) continue;
    Shape zeros = *value.shape;
    for (std::size_t i = 0; i < zeros.size(); ++i)
      if (zeros[i] < 0) zeros[i] = i == 0 ? latents.size(0) : 1;
    if (elementCount(zeros) > kMostNumbers) continue;
    feeds.emplace_back(input, at::zeros(zeros, isInteger(value.dtype) ? at::kLong : at::kFloat).to(device));
  }
  return feeds;
}

std::vector<at::Tensor> Prober::run(const at::Tensor& latents, const std::vector<ValueId>& fetch) {
  cancel_.check();
  RunRequest request;
  request.feeds = feeds(latents);
  request.fetch = fetch;
  request.cancel = cancel_;
  return model_.executor.run(request);
}

at::Tensor Prober::answers(const at::Tensor& latents, const std::vector<ValueId>& fetch) {
  const std::int64_t count = latents.size(0);
  const auto packed = [](const std::vector<at::Tensor>& values, std::int64_t rows) {
    std::vector<at::Tensor> parts;
    for (const at::Tensor& value : values) parts.push_back(value.to(at::kCPU, at::kDouble).reshape({rows, -1}));
    return at::cat(parts, 1);
  };
  if (batches_ && count > 1) {
    // Files with a fixed batch fail, or put the samples elsewhere.
    try {
      const std::vector<at::Tensor> values = run(latents, fetch);
      if (std::all_of(values.begin(), values.end(),
                      [&](const at::Tensor& v) { return v.dim() > 1 && v.size(0) == count; }))
        return packed(values, count);
    } catch (const OutOfMemory&) {
    } catch (const Error&) {
    }
    batches_ = false;
  }
  std::vector<at::Tensor> rows;
  for (std::int64_t i = 0; i < count; ++i) rows.push_back(packed(run(latents.narrow(0, i, 1), fetch), 1));
  return at::cat(rows);
}

std::vector<std::vector<std::size_t>> Prober::readersByLayer() {
  std::vector<std::vector<std::size_t>> layers;
  if (!layered()) {
    for (std::size_t i = 0; i < outputs_.size(); ++i) layers.push_back({i});
    return layers;
  }
  // A row belongs to the readers whose output changes with it: no need to understand how the file picks rows.
  at::Tensor one = at::ones({width()}, at::kDouble);
  for (std::int64_t i = 0; i < width(); i += 2) one[i] = -2.0;
  const std::vector<at::Tensor> still = run(at::zeros({1, rows(), width()}, at::kDouble), outputs_);
  for (std::int64_t row = 0; row < rows(); ++row) {
    at::Tensor latents = at::zeros({1, rows(), width()}, at::kDouble);
    latents[0][row] = one;
    const std::vector<at::Tensor> values = run(latents, outputs_);
    layers.emplace_back();
    for (std::size_t i = 0; i < values.size(); ++i)
      if (!at::equal(values[i], still[i])) layers.back().push_back(i);
  }
  return layers;
}

std::vector<bool> Prober::drawsPicture() {
  const Graph& graph = *model_.graph;
  const auto shapes = model_.executor.describe(feeds(at::zeros({1, rows(), width()}, at::kDouble)));
  const auto shapeOf = [&](ValueId id) {
    const auto found = shapes.find(id);
    return found == shapes.end() ? Shape{} : found->second.shape;
  };
  std::int64_t channels = -1;
  for (const ValueId output : graph.outputs())
    if (const Shape shape = shapeOf(output); shape.size() == 4) channels = shape[1];
  const auto consumers = graph.consumers();
  std::vector<bool> result;
  for (const ValueId output : outputs_) {
    // The first convolutions behind the style.
    std::set<ValueId> seen{output};
    std::deque<ValueId> waiting{output};
    bool any = false, all = true;
    while (!waiting.empty()) {
      const ValueId value = waiting.front();
      waiting.pop_front();
      for (const NodeId id : consumers[static_cast<std::size_t>(value)]) {
        const Node& node = graph.node(id);
        if (node.op == "Conv" || node.op == "ConvTranspose") {
          const Shape shape = shapeOf(node.outputs.front());
          any = true;
          all = all && shape.size() == 4 && shape[1] == channels;
          continue;
        }
        for (const ValueId next : node.outputs)
          if (next != kNoValue && seen.insert(next).second) waiting.push_back(next);
      }
    }
    result.push_back(any && all);
  }
  return result;
}

at::Tensor Prober::weights(const std::vector<std::size_t>& readers, const std::vector<std::int64_t>& chosen,
                           const Progress& progress) {
  std::vector<ValueId> fetch;
  for (const std::size_t reader : readers) fetch.push_back(outputs_[reader]);
  const at::Tensor still = answers(at::zeros({1, rows(), width()}, at::kDouble), fetch);
  if (still.size(1) * width() > kMostNumbers)
    throw Error("layers", "have too many weights for one analysis; choose fewer");
  at::Tensor result = at::empty({width(), still.size(1)}, at::kDouble);
  for (std::int64_t from = 0; from < width(); from += kBatch) {
    const std::int64_t count = std::min(kBatch, width() - from);
    at::Tensor latents = at::zeros({count, rows(), width()}, at::kDouble);
    for (std::int64_t i = 0; i < count; ++i)
      for (const std::int64_t row : chosen) latents[i][row][from + i] = kProbe;
    result.narrow(0, from, count).copy_((answers(latents, fetch) - still) / kProbe);
    progress.report(static_cast<double>(from + count) / static_cast<double>(width()), "reading weights");
  }
  return result;
}

}  // namespace

Array latentWeights(Model& model, const SefaQuestion& question, const Progress& progress, const CancelToken& cancel) {
  Prober prober(model, question.latent, cancel);
  std::vector<std::vector<std::size_t>> byLayer = prober.readersByLayer();
  if (!question.toPicture && prober.layered()) {
    const std::vector<bool> draws = prober.drawsPicture();
    for (std::vector<std::size_t>& readers : byLayer)
      if (std::any_of(readers.begin(), readers.end(), [&](std::size_t r) { return !draws[r]; }))
        std::erase_if(readers, [&](std::size_t r) { return draws[r]; });
  }
  std::vector<std::int64_t> layers = question.layers;
  const auto last = static_cast<std::int64_t>(byLayer.size()) - 1;
  if (layers.empty())
    for (std::int64_t i = 0; i <= last; ++i) layers.push_back(i);
  std::vector<std::size_t> readers;
  for (const std::int64_t layer : layers) {
    if (layer < 0 || layer > last)
      throw Error("layer " + std::to_string(layer),
                  "reads no latent; there are the layers 0 to " + std::to_string(last));
    for (const std::size_t reader : byLayer[static_cast<std::size_t>(layer)])
      if (std::find(readers.begin(), readers.end(), reader) == readers.end()) readers.push_back(reader);
  }
  if (readers.empty()) throw Error("layers " + layersText(layers), "have no weights that read the latent");
  return toArray(prober.weights(readers, prober.layered() ? layers : std::vector<std::int64_t>{0}, progress));
}

}  // namespace unitscope
