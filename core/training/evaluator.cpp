#include "training/evaluator.h"

#include <algorithm>
#include <memory>

#include <ATen/core/grad_mode.h>

#include "runtime/error.h"
#include "training/picture_pool.h"

namespace unitscope {

Evaluator::Evaluator(Graph graph, at::Device device)
    : executor_(std::make_shared<const Graph>(std::move(graph)), ExecutorOptions{.device = device}) {
  const Graph& mine = executor_.graph();
  if (mine.inputs().empty()) throw Error(mine.name, "has no input");
  input_ = mine.value(mine.inputs().front()).name;
}

ValueId Evaluator::idOf(const std::string& name) const {
  const ValueId id = executor_.graph().find(name);
  if (id == kNoValue) throw Error(name, "the network " + executor_.graph().name + " has no such value");
  return id;
}

std::vector<at::Tensor> Evaluator::evaluate(const Feeds& feeds, const std::vector<std::string>& fetch, bool gradients) {
  RunRequest request;
  request.gradients = gradients;
  for (const auto& [name, tensor] : feeds) request.feeds.emplace_back(idOf(name), tensor);
  for (const std::string& name : fetch) request.fetch.push_back(idOf(name));
  return executor_.run(request);
}

std::vector<at::Tensor> Evaluator::run(const at::Tensor& input, const std::vector<std::string>& fetch) {
  return runFrom({{input_, input}}, fetch);
}

std::vector<at::Tensor> Evaluator::see(const at::Tensor& input, const std::vector<std::string>& fetch) {
  return seeFrom({{input_, input}}, fetch);
}

std::vector<at::Tensor> Evaluator::runFrom(const Feeds& feeds, const std::vector<std::string>& fetch) {
  const at::NoGradGuard still;
  return evaluate(feeds, fetch, false);
}

std::vector<at::Tensor> Evaluator::seeFrom(const Feeds& feeds, const std::vector<std::string>& fetch) {
  return evaluate(feeds, fetch, true);
}

at::Tensor Evaluator::weight(const std::string& name) {
  return executor_.parameter(idOf(name));
}

std::vector<at::Tensor> Evaluator::overBytes(const at::Tensor& pictures, const std::vector<std::string>& fetch,
                                             const CancelToken& cancel, const Progress& progress) {
  constexpr std::int64_t kBatch = 100;
  std::vector<std::vector<at::Tensor>> parts(fetch.size());
  const std::int64_t count = pictures.size(0);
  for (std::int64_t i = 0; i < count; i += kBatch) {
    cancel.check();
    progress.report(static_cast<double>(i) / static_cast<double>(count));
    const at::Tensor batch = asInput(pictures.slice(0, i, std::min(i + kBatch, count)).to(device()));
    std::vector<at::Tensor> results = run(batch, fetch);
    for (std::size_t k = 0; k < fetch.size(); ++k) parts[k].push_back(results[k].to(at::kCPU));
  }
  std::vector<at::Tensor> whole;
  for (const auto& part : parts) whole.push_back(at::cat(part));
  return whole;
}

}  // namespace unitscope
