#include "engine/model.h"

#include <algorithm>
#include <utility>

#include "engine/devices.h"
#include "engine/model_internal.h"
#include "engine/preprocess.h"
#include "exec/tensors.h"
#include "formats/model_reader.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

ExecutorOptions executorOptions(const ComputeSettings& settings) {
  ExecutorOptions options;
  options.device = deviceFrom(settings.device);
  options.precision = settings.bfloat16 ? Precision::BFloat16 : Precision::Float32;
  return options;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

Model::Internal::Internal(Graph g, ModelCard c, const ComputeSettings& s)
    : graph(std::make_shared<const Graph>(std::move(g))),
      card(std::move(c)),
      settings(s),
      layers(findLayers(*graph)),
      executor(graph, executorOptions(s)) {}

ValueId Model::Internal::inputValue() const {
  if (const ValueId id = graph->find(card.input); id != kNoValue && std::ranges::count(graph->inputs(), id) > 0)
    return id;
  for (const ValueId id : graph->inputs())
    if (graph->value(id).shape && graph->value(id).shape->size() == 4) return id;
  if (graph->inputs().empty()) throw Error(file.string(), "the network has no input");
  return graph->inputs().front();
}

ValueId Model::Internal::outputValue() const {
  if (const ValueId id = graph->find(card.output); id != kNoValue) return id;
  if (graph->outputs().empty()) throw Error(file.string(), "the network has no output");
  return graph->outputs().front();
}

std::vector<std::pair<ValueId, at::Tensor>> Model::Internal::feedsFor(const at::Tensor& input) const {
  const ValueId main = inputValue();
  std::vector<std::pair<ValueId, at::Tensor>> feeds{{main, input}};
  for (const ValueId id : graph->inputs()) {
    const Value& value = graph->value(id);
    if (id == main || value.data) continue;
    Shape shape = value.shape.value_or(Shape{});
    for (std::int64_t& dim : shape)
      if (dim < 0) dim = 1;
    if (!shape.empty() && !value.shape->empty() && value.shape->front() < 0) shape.front() = input.size(0);
    if (elementCount(shape) > (std::int64_t{1} << 28)) throw Error(value.name, "this input is too large");
    feeds.emplace_back(id,
                       at::zeros(shape, toScalarType(value.dtype == DType::Undefined ? DType::Float32 : value.dtype)));
  }
  return feeds;
}

void Model::Internal::describeTo(AttributionQuery& query) const {
  query.otherFeeds = feedsFor(query.input.narrow(0, 0, 1));
  std::erase_if(query.otherFeeds, [&](const auto& feed) { return feed.first == query.inputValue; });
  query.channelsLast = card.channelsLast;
  query.outputIsProbability = card.outputIsProbability;
  query.multiLabel = card.multiLabel;
  query.black = at::empty({card.channels}, at::kFloat);
  query.white = at::empty({card.channels}, at::kFloat);
  constexpr double kBrightest = 255.0;
  const auto nth = [](const std::vector<double>& values, int c, double fallback) {
    return values.empty() ? fallback : values[std::min(static_cast<std::size_t>(c), values.size() - 1)];
  };
  for (int c = 0; c < card.channels; ++c) {
    const double mean = nth(card.mean, c, 0.0);
    const double deviation = nth(card.std, c, 1.0);
    query.black[c].fill_(-mean / deviation);
    query.white[c].fill_((kBrightest * card.scale - mean) / deviation);
  }
}

at::Tensor Model::Internal::blankInput() const {
  const Value& value = graph->value(inputValue());
  Shape shape = value.shape.value_or(Shape{});
  if (shape.empty() || shape.size() == 4)
    shape = card.channelsLast ? Shape{1, card.height, card.width, card.channels}
                              : Shape{1, card.channels, card.height, card.width};
  // What the file fixes wins over the card.
  if (value.shape && value.shape->size() == shape.size())
    for (std::size_t i = 0; i < shape.size(); ++i)
      if ((*value.shape)[i] > 0) shape[i] = (*value.shape)[i];
  for (std::int64_t& dim : shape)
    if (dim < 0) dim = 1;
  if (elementCount(shape) > (std::int64_t{1} << 28)) throw Error(value.name, "this input is too large");
  return at::zeros(shape, toScalarType(value.dtype == DType::Undefined ? DType::Float32 : value.dtype));
}

Model::Model() = default;
Model::~Model() = default;

std::shared_ptr<Model> Model::open(const std::filesystem::path& file, const ComputeSettings& settings,
                                   const Progress& progress, const CancelToken& cancel) {
  progress.report(0.0, "Reading " + file.filename().string());
  ModelFile read = readModelFile(file, cancel);
  progress.report(0.7, "Preparing");
  cancel.check();
  auto model = fromFile(std::move(read), file, settings);
  progress.report(1.0);
  return model;
}

std::shared_ptr<Model> Model::fromFile(ModelFile read, const std::filesystem::path& file,
                                       const ComputeSettings& settings) {
  if (!read.isNetwork())
    throw Error(file.string(),
                "holds " + std::to_string(read.tensors.size()) + " tensors but no network; " +
                    (read.obstacle.empty() ? "their names are those of no architecture that is known" : read.obstacle) +
                    ". Open the ONNX, .pt2 or TorchScript file of the network instead");
  if (const auto unknown = unknownOperators(read.graph); !unknown.empty())
    throw Error(file.string(), "uses operators that this build cannot compute: " + joined(unknown));
  ModelCard card = findCard(file, read.graph);
  auto model = fromGraph(std::move(read.graph), std::move(card), settings);
  model->internal_->format = std::move(read.format);
  model->internal_->file = file;
  model->internal_->notes = std::move(read.notes);
  return model;
}

std::shared_ptr<Model> Model::fromGraph(Graph graph, ModelCard card, const ComputeSettings& settings) {
  prepareComputeThread(settings);
  std::shared_ptr<Model> model(new Model);
  model->internal_ = std::make_unique<Internal>(std::move(graph), std::move(card), settings);
  return model;
}

const Graph& Model::graph() const {
  return *internal_->graph;
}
const std::string& Model::format() const {
  return internal_->format;
}
const std::filesystem::path& Model::file() const {
  return internal_->file;
}
const std::vector<std::string>& Model::notes() const {
  return internal_->notes;
}
const std::vector<Layer>& Model::layers() const {
  return internal_->layers;
}
const ModelCard& Model::card() const {
  return internal_->card;
}
const ComputeSettings& Model::settings() const {
  return internal_->settings;
}
Model::Internal& Model::internal() {
  return *internal_;
}

void Model::setCard(ModelCard card) {
  internal_->card = std::move(card);
  internal_->layerShapes.clear();
}

std::string Model::label(std::int64_t index) const {
  const auto& labels = internal_->card.labels;
  if (index >= 0 && static_cast<std::size_t>(index) < labels.size()) return labels[static_cast<std::size_t>(index)];
  return "class " + std::to_string(index);
}

Array Model::preprocess(const Image& image) const {
  return preprocessImage(image, internal_->card);
}
Image Model::pictureOf(const Array& input) const {
  return pictureOfInput(input, internal_->card);
}

}  // namespace unitscope
