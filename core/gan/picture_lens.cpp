#include "gan/picture_lens.h"

#include <algorithm>
#include <utility>

#include "engine/devices.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr double kBrightest = 255.0;

at::Tensor perChannel(const std::vector<double>& values, std::int64_t channels, double fallback) {
  at::Tensor t = at::full({1, channels, 1, 1}, fallback, at::kFloat);
  if (!values.empty())
    for (std::int64_t c = 0; c < channels; ++c)
      t[0][c].fill_(values[std::min(static_cast<std::size_t>(c), values.size() - 1)]);
  return t;
}

at::Tensor resized(const at::Tensor& pictures, std::int64_t height, std::int64_t width) {
  if (pictures.size(2) == height && pictures.size(3) == width) return pictures;
  // Averages where it shrinks, so that nothing between the pixels goes unseen.
  if (pictures.size(2) >= height && pictures.size(3) >= width)
    return at::adaptive_avg_pool2d(pictures, {height, width});
  return at::upsample_bilinear2d(pictures, {height, width}, false);
}

}  // namespace

PictureLens::PictureLens(std::shared_ptr<Model> model, std::vector<ValueId> values)
    : model_(std::move(model)), values_(std::move(values)) {
  Model::Internal& inner = model_->internal();
  prepareComputeThread(inner.settings);
  const at::Tensor blank = inner.blankInput();
  const std::string& input = inner.graph->value(inner.inputValue()).name;
  if (blank.dim() != 4 || !blank.is_floating_point())
    throw Error(input,
                "is no picture, so this network cannot look at one: its shape is " + toString(blank.sizes().vec()));
  const ModelCard& card = inner.card;
  channels_ = blank.size(card.channelsLast ? 3 : 1);
  height_ = blank.size(card.channelsLast ? 1 : 2);
  width_ = blank.size(card.channelsLast ? 2 : 3);
  if (channels_ != 1 && channels_ != 3)
    throw Error(input, "takes " + std::to_string(channels_) + " channels; pictures have 1 or 3");
  const at::Tensor deviation = perChannel(card.std, channels_, 1.0);
  gain_ = (kBrightest * card.scale / deviation).to(inner.executor.options().device);
  offset_ = (-perChannel(card.mean, channels_, 0.0) / deviation).to(inner.executor.options().device);
}

bool PictureLens::batches() const {
  Model::Internal& inner = model_->internal();
  const std::optional<Shape>& declared = inner.graph->value(inner.inputValue()).shape;
  return !declared || declared->empty() || declared->front() <= 0;
}

at::Tensor PictureLens::asInput(const at::Tensor& pictures) const {
  at::Tensor x = pictures.to(gain_.device());
  if (x.size(1) == 1 && channels_ == 3) x = x.expand({x.size(0), 3, x.size(2), x.size(3)});
  if (x.size(1) == 3 && channels_ == 1)
    x = x.narrow(1, 0, 1) * 0.299 + x.narrow(1, 1, 1) * 0.587 + x.narrow(1, 2, 1) * 0.114;
  x = resized(x, height_, width_);
  const ModelCard& card = model_->internal().card;
  x = at::addcmul(offset_, card.bgr ? x.flip(1) : x, gain_);
  return card.channelsLast ? x.permute({0, 2, 3, 1}).contiguous() : x;
}

std::vector<at::Tensor> PictureLens::look(const at::Tensor& pictures, bool gradients, const CancelToken& cancel) {
  const at::AutoGradMode mode(gradients);
  Model::Internal& inner = model_->internal();
  RunRequest request;
  request.feeds = inner.feedsFor(asInput(pictures));
  request.fetch = values_;
  request.gradients = gradients;
  request.cancel = cancel;
  std::vector<at::Tensor> seen = inner.executor.run(request);
  for (at::Tensor& value : seen) {
    value = value.to(pictures.device(), at::kFloat);
    if (value.dim() == 1 && pictures.size(0) == 1) value = value.unsqueeze(0);
    if (value.dim() < 2 || value.size(0) != pictures.size(0))
      throw Error(model_->card().title, "its value of shape " + toString(value.sizes().vec()) + " for " +
                                            std::to_string(pictures.size(0)) + " pictures has no row for each");
  }
  return seen;
}

std::vector<std::string> lensLayersOf(Model& model, const CancelToken& cancel) {
  std::vector<std::string> layers;
  for (const char* stage : {"stage1", "stage2", "stage3"})
    if (model.graph().find(stage) != kNoValue) layers.emplace_back(stage);
  if (!layers.empty()) return layers;
  const std::vector<LayerChoice> all = model.spatialLayers(cancel);
  const std::size_t wanted = std::min<std::size_t>(3, all.size());
  for (std::size_t i = 0; i < wanted; ++i)
    // Last layers come first in the list.
    layers.push_back(all[all.size() - 1 - (2 * i + 1) * all.size() / (2 * wanted)].name);
  if (layers.empty())
    throw Error(model.card().title, "has no layers with places to compare pictures by; choose another classifier");
  return layers;
}

}  // namespace unitscope
