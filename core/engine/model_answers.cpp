#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include <ATen/ATen.h>

#include "engine/devices.h"
#include "engine/model.h"
#include "engine/model_internal.h"
#include "runtime/error.h"

namespace unitscope {

at::Tensor viewOf(const Array& array) {
  if (elementCount(array.shape) != static_cast<std::int64_t>(array.values.size()))
    throw Error("input", "its shape " + toString(array.shape) + " does not match its values");
  return at::from_blob(const_cast<float*>(array.values.data()), array.shape, at::kFloat);
}

Array toArray(const at::Tensor& tensor) {
  const at::Tensor plain = tensor.detach().to(at::kCPU, at::kFloat).contiguous();
  const auto* first = plain.data_ptr<float>();
  return {plain.sizes().vec(), {first, first + plain.numel()}};
}

at::Tensor scoreRows(const at::Tensor& output) {
  if (output.dim() == 0) return output.reshape({1, 1});
  if (output.dim() == 1) return output.unsqueeze(0);
  return output.dim() == 2 ? output : output.flatten(2).mean(2);
}

const std::unordered_map<ValueId, Executor::ValueInfo>& Model::Internal::shapesFor(const at::Tensor& input) {
  const Shape size = input.sizes().vec();
  if (describedSize != size) {
    described = executor.describe(feedsFor(input));
    describedSize = size;
  }
  return described;
}

Array Model::activations(const Array& input, ValueId value, const CancelToken& cancel) {
  prepareComputeThread(internal_->settings);
  RunRequest request;
  request.feeds = internal_->feedsFor(viewOf(input));
  request.fetch = {value};
  request.cancel = cancel;
  return toArray(internal_->executor.run(request).front());
}

Array Model::scores(const Array& input, const CancelToken& cancel) {
  prepareComputeThread(internal_->settings);
  RunRequest request;
  request.feeds = internal_->feedsFor(viewOf(input));
  request.fetch = {internal_->outputValue()};
  request.cancel = cancel;
  return toArray(scoreRows(internal_->executor.run(request).front().to(at::kFloat)));
}

std::vector<Prediction> Model::classify(const Array& input, int top, const CancelToken& cancel) {
  return predictionsFrom(scores(input, cancel), 0, top);
}

std::vector<Prediction> Model::predictionsFrom(const Array& scores, std::int64_t row, int top) const {
  if (scores.shape.size() != 2 || row < 0 || row >= scores.shape[0]) throw Error("there are no scores for this image");
  const at::Tensor raw = viewOf(scores)[row].to(at::kDouble);
  const ModelCard& card = internal_->card;
  const at::Tensor probabilities = (card.outputIsProbability ? raw
                                    : card.multiLabel        ? raw.sigmoid()
                                                             : raw.softmax(0))
                                       .contiguous();
  const auto count = static_cast<std::size_t>(scores.shape[1]);
  const auto* score = scores.values.data() + row * scores.shape[1];
  const auto* probability = probabilities.data_ptr<double>();
  std::vector<std::int64_t> order(count);
  std::iota(order.begin(), order.end(), std::int64_t{0});
  const auto kept = std::min(count, static_cast<std::size_t>(std::max(top, 0)));
  // NaN compares as lowest, so that a broken network still gives a defined order.
  const auto better = [&](std::int64_t a, std::int64_t b) {
    const double pa = std::isnan(score[a]) ? -1e300 : score[a];
    const double pb = std::isnan(score[b]) ? -1e300 : score[b];
    return pa != pb ? pa > pb : a < b;
  };
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(kept), order.end(), better);
  std::vector<Prediction> best;
  for (std::size_t i = 0; i < kept; ++i) {
    const std::int64_t k = order[i];
    best.push_back({k, label(k), probability[k], static_cast<double>(score[k])});
  }
  return best;
}

const std::vector<Shape>& Model::layerShapes(const CancelToken& cancel) {
  if (!internal_->layerShapes.empty() || internal_->layers.empty()) return internal_->layerShapes;
  cancel.check();
  prepareComputeThread(internal_->settings);
  const auto& infos = internal_->shapesFor(internal_->blankInput());
  for (const Layer& layer : internal_->layers) {
    const auto it = infos.find(layer.output);
    internal_->layerShapes.push_back(it != infos.end() ? it->second.shape : Shape{});
  }
  return internal_->layerShapes;
}

std::vector<LayerChoice> Model::spatialLayers(const CancelToken& cancel) {
  const std::vector<Shape>& shapes = layerShapes(cancel);
  std::vector<LayerChoice> choices;
  for (std::size_t i = shapes.size(); i-- > 0;) {
    const Shape& shape = shapes[i];
    if (shape.size() == 4 && shape[2] * shape[3] > 1 && !internal_->layers[i].plumbing)
      choices.push_back({internal_->layers[i].name, toString(shape)});
  }
  return choices;
}

}  // namespace unitscope
