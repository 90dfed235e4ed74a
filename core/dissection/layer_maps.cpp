#include "dissection/layer_maps.h"

#include <algorithm>
#include <cmath>

#include "attribution/score.h"
#include "engine/devices.h"
#include "engine/model_internal.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr std::int64_t kLargestBatch = 32;
constexpr std::int64_t kMostFloatsHeld = 64'000'000;

}  // namespace

at::Tensor unitMaps(const at::Tensor& value, std::int64_t pictures, const std::string& layer) {
  if (value.dim() < 2 || value.dim() > 4 || value.size(0) != pictures || value.numel() == 0)
    throw Error(layer, "has no maps of units: its shape is " + toString(value.sizes().vec()));
  at::Tensor maps = value.to(at::kCPU, at::kFloat);
  if (maps.dim() == 2) {
    maps = maps.reshape({pictures, -1, 1, 1});
  } else if (maps.dim() == 3) {
    const std::int64_t tokens = maps.size(1);
    const auto sideOf = [](std::int64_t n) { return static_cast<std::int64_t>(std::llround(std::sqrt(n))); };
    const std::int64_t all = sideOf(tokens), without = sideOf(tokens - 1);
    const bool square = all * all == tokens;
    if (!square && without * without != tokens - 1)
      throw Error(layer, "its " + std::to_string(tokens) + " tokens form no square, so that they have no places");
    const std::int64_t side = square ? all : without;
    maps = maps.slice(1, tokens - side * side).transpose(1, 2).reshape({pictures, -1, side, side});
  }
  return maps.contiguous();
}

LayerMaps::LayerMaps(Model& model, const std::vector<std::string>& layers, const CancelToken& cancel)
    : model_(model), cancel_(cancel), layers_(layers) {
  if (layers.empty()) throw Error("layer", "the network has none whose units have maps; name one");
  Model::Internal& inner = model.internal();
  for (const std::string& layer : layers) values_.push_back(resolveLayer(*inner.graph, inner.layers, layer));
  prepareComputeThread(inner.settings);
  const at::NoGradGuard noGradients;
  for (const at::Tensor& map : mapsOf(inner.blankInput())) sizes_.push_back({map.size(1), map.size(2), map.size(3)});
}

std::vector<at::Tensor> LayerMaps::mapsOf(const at::Tensor& inputs) {
  const at::NoGradGuard noGradients;
  Model::Internal& inner = model_.internal();
  RunRequest request;
  request.feeds = inner.feedsFor(inputs);
  request.fetch = values_;
  request.cancel = cancel_;
  std::vector<at::Tensor> maps = inner.executor.run(request);
  for (std::size_t i = 0; i < maps.size(); ++i) maps[i] = unitMaps(maps[i], inputs.size(0), layers_[i]);
  return maps;
}

std::int64_t LayerMaps::batchSize() const {
  Model::Internal& inner = model_.internal();
  AttributionQuery query{inner.executor};
  query.input = inner.blankInput();
  query.inputValue = inner.inputValue();
  query.output = inner.outputValue();
  inner.describeTo(query);
  std::int64_t floats = 1;
  for (const MapSize& size : sizes_) floats += size.units * size.places();
  const std::int64_t held = std::clamp<std::int64_t>(kMostFloatsHeld / floats, 1, kLargestBatch);
  return ScoreFunction(query, query.input, cancel_).batchSize(held, /*gradients=*/false);
}

void LayerMaps::forEach(ConceptPictures& pictures, const std::string& what, const Progress& progress,
                        const std::function<void(const Batch&)>& take) {
  prepareComputeThread(model_.internal().settings);
  const at::NoGradGuard noGradients;
  inBatches(pictures.count(), batchSize(), progress, cancel_, what, [&](std::int64_t first, std::int64_t count) {
    Batch batch;
    batch.first = first;
    std::vector<at::Tensor> inputs;
    for (std::int64_t i = first; i < first + count; ++i) {
      cancel_.check();
      batch.pictures.push_back(pictures.at(i));
      inputs.push_back(viewOf(batch.pictures.back().input));
    }
    // Before anything is handed on: a batch that has no room in memory is tried again in two.
    batch.maps = mapsOf(at::cat(inputs));
    take(batch);
  });
}

}  // namespace unitscope
