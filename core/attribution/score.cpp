#include "attribution/score.h"

#include <algorithm>
#include <utility>

#include "attribution/gradients_of.h"
#include "exec/caching_allocator.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

// Where the allocator knows no budget (a GPU, a test), stay modest.
constexpr std::size_t kAssumedBudget = std::size_t{4} << 30;
constexpr double kLargestDeviationInBatch = 1e-3;

at::Tensor repeated(const at::Tensor& one, std::int64_t batch) {
  std::vector<std::int64_t> sizes(static_cast<std::size_t>(one.dim()), -1);
  sizes.front() = batch;
  return one.expand(sizes);
}

}  // namespace

ScoreFunction::ScoreFunction(const AttributionQuery& query, const at::Tensor& image, CancelToken cancel)
    : query_(query), cancel_(std::move(cancel)) {
  image_ = image.detach().to(query.executor.options().device, at::kFloat);
  if (query.channelsLast && image_.dim() == 4) image_ = image_.permute({0, 3, 1, 2});
  image_ = image_.contiguous();
}

void ScoreFunction::requirePicture(const std::string& method) const {
  if (image_.dim() != 4 || image_.size(2) < 2 || image_.size(3) < 2)
    throw Error(method, "needs a picture as input; this network takes " + toString(image_.sizes().vec()));
}

RunRequest ScoreFunction::request(const at::Tensor& batch, ValueId from) const {
  RunRequest request;
  const std::int64_t count = batch.dim() > 0 ? batch.size(0) : 1;
  const bool inner = from != kNoValue && from != query_.inputValue;
  // Branches that pass the inner value by still need the picture; nothing else is computed from it.
  const at::Tensor picture = inner ? (count == 1 ? image_ : repeated(image_, count)) : batch;
  const bool swap = query_.channelsLast && picture.dim() == 4;
  request.feeds = {{query_.inputValue, swap ? picture.permute({0, 2, 3, 1}) : picture}};
  if (inner) request.feeds.emplace_back(from, batch);
  const Graph& graph = query_.executor.graph();
  for (const auto& [id, tensor] : query_.otherFeeds) {
    const auto& shape = graph.value(id).shape;
    const bool follows = tensor.dim() > 0 && tensor.size(0) == 1 && shape && !shape->empty() && shape->front() < 0;
    request.feeds.emplace_back(id, follows ? repeated(tensor, count) : tensor);
  }
  request.fetch = {query_.output};
  request.cancel = cancel_;
  return request;
}

/// [N,K]: places averaged, a lone vector taken as one row.
at::Tensor ScoreFunction::asRows(const at::Tensor& output) const {
  if (query_.region.defined() && output.dim() != 4)
    throw Error("region", "the score has no places: its shape is " + toString(output.sizes().vec()));
  if (output.dim() == 0) return output.reshape({1, 1});
  if (output.dim() == 1) return output.unsqueeze(0);
  if (output.dim() == 2) return output;
  if (!query_.region.defined()) return output.flatten(2).mean(2);
  at::Tensor weights = query_.region.to(output.device(), at::kFloat).reshape({1, 1, query_.region.size(-2), -1});
  if (weights.sizes().slice(2) != output.sizes().slice(2))
    weights = at::adaptive_avg_pool2d(weights, output.sizes().slice(2));
  const double sum = weights.sum().item<double>();
  if (!(sum > 0.0)) throw Error("region", "it is empty");
  return (output * weights.to(output.scalar_type())).sum(at::IntArrayRef{2, 3}) / sum;
}

at::Tensor ScoreFunction::target(const at::Tensor& rows) const {
  if (query_.resemble.defined()) {
    const at::Tensor other = query_.resemble.to(rows.device(), rows.scalar_type()).reshape({1, -1});
    if (other.size(1) != rows.size(1))
      throw Error("similarity", "the two outputs have " + std::to_string(rows.size(1)) + " and " +
                                    std::to_string(other.size(1)) + " values");
    return at::cosine_similarity(rows, other);
  }
  const auto column = [&](std::int64_t index) {
    if (index < 0 || index >= rows.size(1))
      throw Error("class " + std::to_string(index),
                  "the network has no such output; it has " + std::to_string(rows.size(1)));
    return rows.select(1, index);
  };
  return query_.against < 0 ? column(query_.target) : column(query_.target) - column(query_.against);
}

at::Tensor ScoreFunction::probability(const at::Tensor& rows) const {
  const std::vector<ValueId>& outputs = query_.executor.graph().outputs();
  const bool inner = std::ranges::find(outputs, query_.output) == outputs.end();
  if (query_.resemble.defined() || inner || query_.outputIsProbability) return target(rows);
  return target(query_.multiLabel ? rows.sigmoid() : rows.softmax(1));
}

at::Tensor ScoreFunction::rows(const at::Tensor& batch, ValueId from) const {
  const at::NoGradGuard noGradients;
  at::Tensor rows = asRows(query_.executor.run(request(batch, from)).front()).to(at::kFloat);
  if (batch.dim() > 1 && rows.size(0) != batch.size(0))
    throw Error("the network gave " + std::to_string(rows.size(0)) + " answers for " + std::to_string(batch.size(0)) +
                " images");
  return rows;
}

at::Tensor ScoreFunction::rowsWithGradient(const at::Tensor& batch, ValueId from) const {
  const at::AutoGradMode gradients(true);
  RunRequest run = request(batch, from);
  run.gradients = true;
  return asRows(query_.executor.run(run).front());
}

ScoreFunction::Gradient ScoreFunction::gradient(const at::Tensor& batch, ReluRule rule) const {
  const at::AutoGradMode gradients(true);
  const at::Tensor leaf = batch.detach().requires_grad_(true);
  RunRequest run = request(leaf);
  run.gradients = true;
  run.relu = rule;
  const at::Tensor scores = target(asRows(query_.executor.run(run).front()));
  cancel_.check();
  return {scores.detach(), gradientsOf(scores, {leaf}).front()};
}

ScoreFunction::AtLayer ScoreFunction::atLayer() const {
  const ValueId layer = query_.layer;
  if (layer == kNoValue) throw Error("layer", "the network has no layer with spatial extent to look at");
  const std::string& name = query_.executor.graph().value(layer).name;
  RunRequest forward = request(image_);
  forward.fetch = {layer};
  at::Tensor activation;
  {
    const at::NoGradGuard noGradients;
    activation = query_.executor.run(forward).front().detach();
  }
  if (activation.dim() != 4) throw Error(name, "is no feature map: its shape is " + toString(activation.sizes().vec()));
  const at::AutoGradMode gradients(true);
  const at::Tensor leaf = activation.detach().requires_grad_(true);
  const at::Tensor scores = target(rowsWithGradient(leaf, layer));
  if (!scores.requires_grad()) throw Error(name, "the score does not depend on this layer");
  cancel_.check();
  return {activation, gradientsOf(scores, {leaf}).front()};
}

bool ScoreFunction::takesBatches() const {
  if (image_.dim() < 2) return false;
  const auto& declared = query_.executor.graph().value(query_.inputValue).shape;
  if (!declared || declared->empty() || declared->front() < 0) return true;
  // Exported for one image. Most such networks take more, but a Reshape with fixed sizes may mix the images up.
  try {
    const at::Tensor other = image_ * 0.5;
    const at::Tensor both = rows(at::cat({image_, other}));
    const at::Tensor each = at::cat({rows(image_), rows(other)});
    return both.sizes() == each.sizes() && (both - each).abs().max().item<double>() <=
                                               kLargestDeviationInBatch * (1.0 + each.abs().max().item<double>());
  } catch (const Error&) {
    return false;
  }
}

/// Sum of all values that one image leads to: what a run with gradients holds at its end.
std::int64_t ScoreFunction::bytesOfOneRun() const {
  const at::NoGradGuard noGradients;
  std::int64_t bytes = 0;
  for (const auto& [id, value] : query_.executor.describe(request(image_).feeds)) {
    if (query_.executor.graph().value(id).data) continue;
    bytes += elementCount(value.shape) * static_cast<std::int64_t>(sizeof(float));
  }
  return std::max<std::int64_t>(bytes, 1);
}

std::int64_t ScoreFunction::batchSize(std::int64_t wanted, bool gradients) const {
  if (wanted <= 1 || !takesBatches()) return 1;
  const AllocatorStatistics memory = allocatorStatistics();
  const std::size_t budget = memory.installed && memory.budget > 0 ? memory.budget : kAssumedBudget;
  const std::size_t free = budget > memory.inUse ? budget - memory.inUse : 0;
  // Without gradients most values die at once, with them their gradients come on top.
  const std::int64_t share = gradients ? 2 : 1;
  const std::int64_t fitting = static_cast<std::int64_t>(free / 2) / (bytesOfOneRun() * share);
  return std::clamp<std::int64_t>(fitting, 1, wanted);
}

void inBatches(std::int64_t total, std::int64_t size, const Progress& progress, const CancelToken& cancel,
               const std::string& what, const std::function<void(std::int64_t first, std::int64_t count)>& work) {
  if (total <= 0) return;
  const auto evenly = [](std::int64_t count, std::int64_t most) {
    const std::int64_t batches = (count + most - 1) / most;
    return (count + batches - 1) / batches;
  };
  size = evenly(total, std::max<std::int64_t>(size, 1));
  for (std::int64_t first = 0; first < total;) {
    cancel.check();
    const std::int64_t count = std::min(size, total - first);
    progress.report(static_cast<double>(first) / static_cast<double>(total), what);
    try {
      work(first, count);
    } catch (const OutOfMemory&) {
      releaseCachedMemory();
      if (count == 1) throw;
      size = (count + 1) / 2;
      continue;
    }
    first += count;
  }
  progress.report(1.0, what);
}

}  // namespace unitscope
