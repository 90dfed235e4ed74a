#include "gan/sample_segmenter.h"

#include <algorithm>
#include <utility>

#include "dissection/concept_planes.h"
#include "engine/devices.h"
#include "engine/model_internal.h"
#include "runtime/error.h"
#include "zoo/embedded_models.h"

namespace unitscope {
namespace {

constexpr std::int64_t kMostChannels = 10'000, kLargestSide = 16'384;
constexpr double kBrightest = 255.0;

at::Tensor perChannel(const std::vector<double>& values, int channels, double fallback, const at::Tensor& like) {
  std::vector<double> all;
  for (int c = 0; c < channels; ++c)
    all.push_back(values.empty() ? fallback : values[std::min(static_cast<std::size_t>(c), values.size() - 1)]);
  return at::tensor(all, at::kFloat).reshape({1, channels, 1, 1}).to(like.device());
}

at::Tensor inChannels(const at::Tensor& t, int channels) {
  if (t.size(1) == channels) return t;
  if (channels == 3) return t.narrow(1, 0, 1).expand({t.size(0), 3, t.size(2), t.size(3)});
  if (t.size(1) != 3) return t.mean(1, /*keepdim=*/true);
  // ITU-R BT.601 luma, as preprocessImage() has it.
  return (t * at::tensor({0.299F, 0.587F, 0.114F}).reshape({1, 3, 1, 1}).to(t.device())).sum(1, /*keepdim=*/true);
}

std::shared_ptr<Model> embeddedSegmenter(const Generator& generator) {
  std::optional<ReadModel> read = readBuiltInModel("scene-segmenter");
  if (!read) throw Error("scene-segmenter", "this build has none; name a segmentation network");
  return Model::fromGraph(std::move(read->graph), std::move(read->card), generator.model()->settings());
}

/// How many pictures a network takes at once, 0 for any number.
std::int64_t fixedBatch(const Model::Internal& inner) {
  const Value& value = inner.graph->value(inner.inputValue());
  return value.shape && !value.shape->empty() ? std::max<std::int64_t>(value.shape->front(), 0) : 0;
}

}  // namespace

at::Tensor inputFor(const Generator& generator, const at::Tensor& images, const ModelCard& card, bool exact) {
  at::Tensor t =
      ((images - generator.black()) * (kBrightest / (generator.white() - generator.black()))).clamp(0.0, kBrightest);
  if (exact) t = t.round();
  t = inChannels(t, card.channels);
  if (t.size(2) != card.height || t.size(3) != card.width) {
    const bool shrinks = card.height <= t.size(2) && card.width <= t.size(3);
    t = shrinks ? at::adaptive_avg_pool2d(t, {card.height, card.width})
                : at::upsample_bilinear2d(t, {card.height, card.width}, /*align_corners=*/false);
    if (exact) t = t.round();
  }
  if (card.bgr) t = t.flip(1);
  t = (t * card.scale - perChannel(card.mean, card.channels, 0.0, t)) / perChannel(card.std, card.channels, 1.0, t);
  return card.channelsLast ? t.permute({0, 2, 3, 1}).contiguous() : t.contiguous();
}

SampleSegmenter::SampleSegmenter(const Generator& generator, std::shared_ptr<Model> segmenter)
    : generator_(generator), segmenter_(segmenter ? std::move(segmenter) : embeddedSegmenter(generator)) {
  prepareComputeThread(segmenter_->settings());
  const at::NoGradGuard noGradients;
  const at::Tensor map = answer(segmenter_->internal().blankInput().to(at::kFloat), /*gradients=*/false, {});
  for (std::int64_t k = 0; k < map.size(1); ++k) {
    const std::string name = segmenter_->label(k);
    concepts_.push_back({name, categoryOf(name)});
  }
}

std::int64_t SampleSegmenter::indexOf(const std::string& name) const {
  std::string known;
  for (std::size_t k = 0; k < concepts_.size(); ++k) {
    if (concepts_[k].name == name) return static_cast<std::int64_t>(k);
    if (k < 40) known += (k == 0 ? "" : ", ") + concepts_[k].name;
  }
  throw Error(name, "is nothing that " + title() + " knows; it knows " + known);
}

at::Tensor SampleSegmenter::answer(const at::Tensor& input, bool gradients, const CancelToken& cancel) const {
  Model::Internal& inner = segmenter_->internal();
  const std::int64_t fixed = fixedBatch(inner);
  const std::int64_t step = fixed > 0 ? fixed : input.size(0);
  std::vector<at::Tensor> parts;
  for (std::int64_t first = 0; first < input.size(0); first += step) {
    cancel.check();
    const std::int64_t count = std::min(step, input.size(0) - first);
    at::Tensor part = input.narrow(0, first, count);
    if (count < step) part = at::cat({part, part.narrow(0, 0, 1).expand_as(input.narrow(0, 0, step - count))});
    RunRequest request;
    request.feeds = inner.feedsFor(part);
    request.fetch = {inner.outputValue()};
    request.gradients = gradients;
    request.cancel = cancel;
    at::Tensor map = inner.executor.run(request).front().to(at::kFloat);
    const ModelCard& card = segmenter_->card();
    if (map.dim() != 4 || map.size(0) != part.size(0))
      throw Error(card.title, "is no segmenter: for a picture it gives " + toString(map.sizes().vec()));
    const auto labels = static_cast<std::int64_t>(card.labels.size());
    if (labels > 0 && map.size(3) == labels && map.size(1) != labels) map = map.permute({0, 3, 1, 2});
    if (map.size(1) > kMostChannels || map.size(2) > kLargestSide || map.size(3) > kLargestSide)
      throw Error(card.title, "its answer " + toString(map.sizes().vec()) + " is too large to name pixels by");
    parts.push_back(map.narrow(0, 0, count));
  }
  return parts.size() == 1 ? parts.front() : at::cat(parts);
}

at::Tensor SampleSegmenter::labels(const at::Tensor& images, const CancelToken& cancel) const {
  const at::NoGradGuard noGradients;
  const ModelCard& card = segmenter_->card();
  const at::Tensor map = answer(inputFor(generator_, images, card), /*gradients=*/false, cancel);
  // One thing against all the rest: where it is not, there is nothing known.
  if (map.size(1) == 1) return map.select(1, 0).le(card.outputIsProbability ? 0.5 : 0.0).to(at::kLong).cpu();
  return map.argmax(1).cpu().contiguous();
}

at::Tensor SampleSegmenter::logProbabilities(const at::Tensor& images, const CancelToken& cancel) const {
  const ModelCard& card = segmenter_->card();
  at::Tensor map = answer(inputFor(generator_, images, card, /*exact=*/false), /*gradients=*/true, cancel);
  constexpr double kLeast = 1e-6;
  if (map.size(1) == 1) {
    const at::Tensor p = (card.outputIsProbability ? map : map.sigmoid()).clamp(kLeast, 1.0 - kLeast);
    return at::cat({p, 1.0 - p}, 1).log();
  }
  return card.outputIsProbability ? map.clamp_min(kLeast).log() : map.log_softmax(1);
}

std::vector<std::vector<std::uint16_t>> planesOf(const at::Tensor& labels, std::int64_t height, std::int64_t width,
                                                 std::int64_t concepts) {
  const auto nearest = [](std::int64_t to, std::int64_t from) {
    return ((at::arange(to, at::kDouble) + 0.5) * (static_cast<double>(from) / static_cast<double>(to)))
        .to(at::kLong)
        .clamp(0, from - 1);
  };
  const at::Tensor seen = labels.index_select(1, nearest(height, labels.size(1)))
                              .index_select(2, nearest(width, labels.size(2)))
                              .contiguous();
  std::vector<std::vector<std::uint16_t>> planes;
  for (std::int64_t i = 0; i < seen.size(0); ++i) {
    const auto* values = seen.data_ptr<std::int64_t>() + i * height * width;
    std::vector<std::uint16_t> plane;
    plane.reserve(static_cast<std::size_t>(height * width));
    for (std::int64_t p = 0; p < height * width; ++p)
      plane.push_back(values[p] >= 0 && values[p] < concepts ? static_cast<std::uint16_t>(values[p]) : kNoConcept);
    planes.push_back(std::move(plane));
  }
  return planes;
}

}  // namespace unitscope
