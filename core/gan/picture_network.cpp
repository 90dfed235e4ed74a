#include "gan/picture_network.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "engine/devices.h"
#include "engine/model_internal.h"
#include "runtime/error.h"
#include "sources/class_names.h"

namespace unitscope {
namespace {

constexpr std::int64_t kBatch = 32, kMostChannels = 10'000, kMostSide = 16'384;
constexpr double kBrightest = 255.0;

AttributionQuery queryOf(Model& model) {
  prepareComputeThread(model.settings());
  Model::Internal& inner = model.internal();
  const at::Tensor blank = inner.blankInput();
  if (blank.dim() != 4 || !blank.is_floating_point())
    throw Error(model.card().title, "takes no pictures, so it cannot judge any");
  AttributionQuery query{inner.executor, blank.to(at::kFloat), inner.inputValue(), inner.outputValue(), 0,
                         kNoValue,       ParameterValues{}};
  inner.describeTo(query);
  return query;
}

/// One number a channel, [1,C,1,1].
at::Tensor perChannel(const std::vector<double>& values, std::int64_t channels, double fallback) {
  at::Tensor row = at::empty({channels}, at::kFloat);
  for (std::int64_t c = 0; c < channels; ++c)
    row[c] = values.empty() ? fallback : values[std::min(static_cast<std::size_t>(c), values.size() - 1)];
  return row.view({1, channels, 1, 1});
}

}  // namespace

PictureNetwork::PictureNetwork(std::shared_ptr<Model> model)
    : model_(std::move(model)),
      query_(queryOf(*model_)),
      function_(std::make_unique<ScoreFunction>(query_, query_.input, CancelToken())) {}

at::Tensor PictureNetwork::prepared(const at::Tensor& pictures) const {
  const ModelCard& card = model_->card();
  at::Tensor t = pictures;
  if (t.size(2) != card.height || t.size(3) != card.width) {
    // Each new pixel averages the area that it covers; what is enlarged is smooth.
    const bool shrinks = t.size(2) >= card.height && t.size(3) >= card.width;
    t = shrinks ? at::adaptive_avg_pool2d(t, {card.height, card.width})
                : at::upsample_bilinear2d(t, {card.height, card.width}, false);
  }
  if (t.size(1) == 1 && card.channels == 3) t = t.expand({-1, 3, -1, -1});
  if (t.size(1) == 3 && card.channels == 1)
    t = 0.299 * t.narrow(1, 0, 1) + 0.587 * t.narrow(1, 1, 1) + 0.114 * t.narrow(1, 2, 1);
  if (card.bgr && card.channels == 3) t = t.flip(1);
  return ((t * (kBrightest * card.scale) - perChannel(card.mean, card.channels, 0.0)) /
          perChannel(card.std, card.channels, 1.0))
      .contiguous();
}

template <typename Run>
at::Tensor PictureNetwork::inParts(const at::Tensor& pictures, const CancelToken& cancel, Run run) {
  prepareComputeThread(model_->settings());
  const at::NoGradGuard noGradients;
  if (batch_ == 0) batch_ = function_->batchSize(kBatch, false);
  std::vector<at::Tensor> parts;
  inBatches(pictures.size(0), batch_, {}, cancel, "judging pictures", [&](std::int64_t first, std::int64_t count) {
    parts.push_back(run(prepared(pictures.narrow(0, first, count))));
  });
  return at::cat(parts);
}

at::Tensor PictureNetwork::scores(const at::Tensor& pictures, const CancelToken& cancel) {
  return inParts(pictures, cancel,
                 [&](const at::Tensor& batch) { return function_->rows(batch).to(at::kCPU, at::kFloat); });
}

at::Tensor PictureNetwork::maps(const at::Tensor& prepared) {
  const ModelCard& card = model_->card();
  at::Tensor map = query_.executor.run(function_->request(prepared)).front().to(at::kCPU, at::kFloat);
  if (map.dim() != 4 || map.size(0) != prepared.size(0))
    throw Error(card.title, "is no segmenter: for a picture it gives " + toString(map.sizes().vec()));
  const auto labels = static_cast<std::int64_t>(card.labels.size());
  if (labels > 0 && map.size(3) == labels && map.size(1) != labels) map = map.permute({0, 3, 1, 2});
  if (map.size(1) > kMostChannels || map.size(2) > kMostSide || map.size(3) > kMostSide)
    throw Error(card.title, "its answer " + toString(map.sizes().vec()) + " is too large to name pixels by");
  return map;
}

at::Tensor PictureNetwork::concepts(const at::Tensor& pictures, const CancelToken& cancel) {
  return inParts(pictures, cancel, [&](const at::Tensor& batch) {
    const at::Tensor map = maps(batch);
    if (map.size(1) > 1) return map.argmax(1);
    // One thing against all the rest.
    return (map.select(1, 0) > (query_.outputIsProbability ? 0.5 : 0.0)).to(at::kLong) - 1;
  });
}

std::vector<std::string> PictureNetwork::labels(const CancelToken& cancel) {
  std::vector<std::string> names = model_->card().labels;
  if (!names.empty()) return names;
  const at::NoGradGuard noGradients;
  cancel.check();
  const at::Tensor answer = query_.executor.run(function_->request(function_->image())).front();
  const std::int64_t count = answer.dim() < 2 ? 1 : answer.size(1);
  if (count > kMostChannels) throw Error(model_->card().title, "has too many outputs to be told apart by number");
  for (std::int64_t k = 0; k < count; ++k) names.push_back(model_->label(k));
  return names;
}

std::int64_t labelNumber(const std::vector<std::string>& labels, const std::string& name, const std::string& text) {
  if (const std::int64_t named = classNamed(labels, name); named >= 0) return named;
  std::int64_t number = -1;
  const auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (problem == std::errc() && end == name.data() + name.size() && number >= 0 &&
      number < static_cast<std::int64_t>(labels.size()))
    return number;
  constexpr std::size_t kShown = 20;
  std::string some;
  for (std::size_t k = 0; k < std::min(labels.size(), kShown); ++k) some += (k > 0 ? ", " : "") + labels[k];
  if (labels.size() > kShown) some += "...";
  throw Error(text, "is not known to this network; it knows " + some);
}

}  // namespace unitscope
