#include "training/optimiser.h"

#include <cmath>

#include <torch/csrc/autograd/autograd.h>

#include "runtime/error.h"

namespace unitscope {

Adam::Adam(const Trainee& trainee, const Options& options) : trainee_(trainee), options_(options) {
  for (const at::Tensor& p : trainee.parameters()) {
    first_.push_back(at::zeros_like(p));
    second_.push_back(at::zeros_like(p));
  }
}

void Adam::minimise(const at::Tensor& loss, double factor) {
  step(torch::autograd::grad({loss}, trainee_.parameters(), {}, /*retain_graph=*/false, /*create_graph=*/false,
                             /*allow_unused=*/true),
       factor);
}

void Adam::step(std::vector<at::Tensor> gradients, double factor) {
  const at::NoGradGuard still;
  ++steps_;
  const double correction1 = 1.0 - std::pow(options_.beta1, static_cast<double>(steps_));
  const double correction2 = 1.0 - std::pow(options_.beta2, static_cast<double>(steps_));
  std::vector<at::Tensor> weights, means, squares, decayed;
  std::vector<at::Scalar> rates;
  std::vector<at::Tensor> used;
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    if (!gradients[i].defined()) continue;
    const at::Tensor& weight = trainee_.parameters()[i];
    // Laid out as the weight is, so that the fused kernels take the fast path.
    used.push_back(gradients[i].contiguous(weight.suggest_memory_format()));
    weights.push_back(weight);
    means.push_back(first_[i]);
    squares.push_back(second_[i]);
    rates.emplace_back(-factor * options_.rate * trainee_.rates()[i] / correction1);
    if (options_.weightDecay > 0.0 && weight.dim() > 1) decayed.push_back(weight);
  }
  if (used.empty()) return;
  if (!decayed.empty()) at::_foreach_mul_(decayed, 1.0 - factor * options_.rate * options_.weightDecay);
  at::_foreach_mul_(means, options_.beta1);
  at::_foreach_add_(means, used, 1.0 - options_.beta1);
  at::_foreach_mul_(squares, options_.beta2);
  at::_foreach_addcmul_(squares, used, used, 1.0 - options_.beta2);
  std::vector<at::Tensor> scale = at::_foreach_sqrt(squares);
  at::_foreach_div_(scale, std::sqrt(correction2));
  at::_foreach_add_(scale, options_.epsilon);
  at::_foreach_addcdiv_(weights, means, scale, rates);
}

void Adam::save(NamedTensors& to, const std::string& prefix) const {
  for (std::size_t i = 0; i < first_.size(); ++i) {
    to[prefix + "first." + trainee_.names()[i]] = first_[i];
    to[prefix + "second." + trainee_.names()[i]] = second_[i];
  }
  to[prefix + "steps"] = at::scalar_tensor(steps_, at::kLong);
}

void Adam::load(const NamedTensors& from, const std::string& prefix) {
  const at::NoGradGuard still;
  const auto fetch = [&](const std::string& name) {
    const auto found = from.find(prefix + name);
    if (found == from.end()) throw Error(prefix + name, "is missing from the checkpoint");
    return found->second;
  };
  for (std::size_t i = 0; i < first_.size(); ++i) {
    const at::Tensor first = fetch("first." + trainee_.names()[i]), second = fetch("second." + trainee_.names()[i]);
    if (first.sizes() != first_[i].sizes() || second.sizes() != second_[i].sizes())
      throw Error(trainee_.names()[i], "has another shape in the checkpoint");
    first_[i].copy_(first);
    second_[i].copy_(second);
  }
  steps_ = fetch("steps").item<std::int64_t>();
}

MovingAverage::MovingAverage(const Trainee& trainee) : trainee_(trainee) {
  for (std::size_t i = 0; i < trainee.names().size(); ++i) {
    means_.push_back(trainee.parameters()[i].detach().clone());
    state_.emplace(trainee.names()[i], means_.back());
  }
  for (const auto& [name, buffer] : trainee.buffers()) state_.emplace(name, buffer.clone());
}

void MovingAverage::update(double decay) {
  const at::NoGradGuard still;
  at::_foreach_mul_(means_, decay);
  at::_foreach_add_(means_, trainee_.parameters(), 1.0 - decay);
  for (const auto& [name, buffer] : trainee_.buffers()) state_.at(name).copy_(buffer);
}

void MovingAverage::load(const NamedTensors& state) {
  const at::NoGradGuard still;
  for (auto& [name, mine] : state_) {
    const auto found = state.find(name);
    if (found == state.end()) throw Error(name, "is missing from the checkpoint");
    if (found->second.sizes() != mine.sizes()) throw Error(name, "has another shape in the checkpoint");
    mine.copy_(found->second);
  }
}

}  // namespace unitscope
