#include "features/layer_run.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/devices.h"
#include "exec/caching_allocator.h"
#include "features/first_conv.h"
#include "graph/layers.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr double kLargestDeviationInBatch = 1e-3;
constexpr double kGrey = 0.5;
constexpr double kBrightest = 255.0;
// Where the allocator knows no budget (a GPU, a test), stay modest.
constexpr std::size_t kAssumedBudget = std::size_t{4} << 30;

at::Tensor perChannel(const std::vector<double>& values, std::int64_t channels, double fallback) {
  at::Tensor t = at::full({1, channels, 1, 1}, fallback, at::kFloat);
  if (!values.empty())
    for (std::int64_t c = 0; c < channels; ++c)
      t[0][c].fill_(values[std::min(static_cast<std::size_t>(c), values.size() - 1)]);
  return t;
}

}  // namespace

LayerRun::LayerRun(Model& model, const std::string& layer, CancelToken cancel)
    : inner_(model.internal()), cancel_(std::move(cancel)), layer_(layer), before_(inner_.executor.options()) {
  prepareComputeThread(inner_.settings);
  value_ = resolveLayer(*inner_.graph, inner_.layers, layer);
  const at::Tensor blank = inner_.blankInput();
  const std::string& input = inner_.graph->value(inner_.inputValue()).name;
  if (blank.dim() != 4 || !blank.is_floating_point())
    throw Error(input, "is no picture, so there is none to make: its shape is " + toString(blank.sizes().vec()));
  const ModelCard& card = inner_.card;
  channels_ = blank.size(card.channelsLast ? 3 : 1);
  height_ = blank.size(card.channelsLast ? 1 : 2);
  width_ = blank.size(card.channelsLast ? 2 : 3);
  if (channels_ != 1 && channels_ != 3)
    throw Error(input, "takes " + std::to_string(channels_) + " channels; pictures have 1 or 3");
  if (value_ == inner_.inputValue()) throw Error(layer, "is the picture itself; choose a layer behind it");
  lastRelus_ = lastRelus(*inner_.graph, value_);
  const at::Tensor deviation = perChannel(card.std, channels_, 1.0);
  gain_ = (kBrightest * card.scale / deviation).to(inner_.executor.options().device);
  offset_ = (-perChannel(card.mean, channels_, 0.0) / deviation).to(inner_.executor.options().device);
  ExecutorOptions options = before_;
  // Many pictures at a time: the faster layout on every CPU that was measured, and always the same, since another order
  // of summation leads to another picture in the end.
  if (options.device.is_cpu()) options.layout = MemoryLayout::ChannelsLast;
  inner_.executor.setOptions(options);
}

LayerRun::~LayerRun() {
  inner_.executor.setOptions(before_);
}

at::Device LayerRun::device() const {
  return inner_.executor.options().device;
}

at::Tensor LayerRun::asInput(const at::Tensor& pictures) const {
  // Means and deviations are those of the order that is fed.
  const at::Tensor x = at::addcmul(offset_, inner_.card.bgr ? pictures.flip(1) : pictures, gain_);
  return inner_.card.channelsLast ? x.permute({0, 2, 3, 1}).contiguous() : x;
}

at::Tensor LayerRun::asMaps(const at::Tensor& value, std::int64_t count) const {
  at::Tensor maps = value.to(at::kFloat);
  if (maps.dim() == 1 && count == 1) maps = maps.unsqueeze(0);
  if (maps.dim() == 2) maps = maps.unsqueeze(2).unsqueeze(3);
  if (maps.dim() == 3) maps = maps.transpose(1, 2).unsqueeze(3);
  if (maps.dim() != 4 || maps.size(0) != count || maps.numel() == 0)
    throw Error(layer_, "its value of shape " + toString(value.sizes().vec()) + " for " + std::to_string(count) +
                            (count == 1 ? " picture" : " pictures") +
                            " is neither a map [N,C,H,W] nor tokens [N,T,C] nor scores [N,K]");
  return maps;
}

at::Tensor LayerRun::run(const at::Tensor& pictures, bool gradients, const ReluTreatment& relus) {
  RunRequest request;
  request.feeds = inner_.feedsFor(asInput(pictures));
  request.fetch = {value_};
  request.gradients = gradients;
  request.cancel = cancel_;
  if (gradients) {
    request.override = [relu = treatedRelu(relus)](const OpCall& call) {
      std::optional<std::vector<at::Tensor>> replaced = firstConvolution(call);
      return replaced || !relu ? replaced : relu(call);
    };
  }
  return asMaps(inner_.executor.run(request).front(), pictures.size(0));
}

at::Tensor LayerRun::activations(const at::Tensor& pictures) {
  const at::NoGradGuard noGradients;
  return run(pictures, false, {});
}

at::Tensor LayerRun::activationsWithGradient(const at::Tensor& pictures, bool wake, bool open) {
  const at::AutoGradMode gradients(true);
  return run(pictures, true, {wake, open ? lastRelus_ : std::set<const Node*>{}});
}

at::Tensor LayerRun::probe(std::int64_t height, std::int64_t width, std::int64_t count) {
  return activations(
      at::full({count, channels_, height, width}, kGrey, at::TensorOptions(at::kFloat).device(device())));
}

std::int64_t LayerRun::batchLimit(std::int64_t height, std::int64_t width, std::int64_t wanted) {
  if (wanted <= 1) return 1;
  const at::NoGradGuard noGradients;
  const std::optional<Shape>& declared = inner_.graph->value(inner_.inputValue()).shape;
  if (declared && !declared->empty() && declared->front() > 0) {
    // Exported for single pictures. Most such networks take more, but a Reshape with fixed sizes may mix them up.
    try {
      at::Tensor ramp = at::linspace(0.0, 1.0, width, at::TensorOptions(at::kFloat).device(device()));
      ramp = ramp.expand({1, channels_, height, width});
      const at::Tensor both = activations(at::cat({ramp, 1.0 - ramp}));
      const at::Tensor each = at::cat({activations(ramp), activations(1.0 - ramp)});
      if (both.sizes() != each.sizes() ||
          (both - each).abs().max().item<double>() > kLargestDeviationInBatch * (1.0 + each.abs().max().item<double>()))
        return 1;
    } catch (const Error&) {
      return 1;
    }
  }
  // What one picture leads to is held until its gradient is there, and its gradients come on top.
  std::int64_t bytes = 1;
  RunRequest request;
  request.feeds = inner_.feedsFor(asInput(at::zeros({1, channels_, height, width}, gain_.options())));
  request.fetch = {value_};
  request.cancel = cancel_;
  request.override = [&](const OpCall& call) -> std::optional<std::vector<at::Tensor>> {
    for (std::size_t i = 0; i < call.inputs.size(); ++i)
      if (call.has(i) && !inner_.graph->value(call.node.inputs[i]).data)
        bytes += static_cast<std::int64_t>(call.inputs[i].nbytes());
    return std::nullopt;
  };
  static_cast<void>(inner_.executor.run(request));
  const AllocatorStatistics memory = allocatorStatistics();
  const std::size_t budget = memory.installed && memory.budget > 0 ? memory.budget : kAssumedBudget;
  const std::size_t free = budget > memory.inUse ? budget - memory.inUse : 0;
  return std::clamp<std::int64_t>(static_cast<std::int64_t>(free / 2) / (2 * bytes), 1, wanted);
}

}  // namespace unitscope
