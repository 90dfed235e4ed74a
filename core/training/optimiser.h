#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "training/trainee.h"

namespace unitscope {

/// Adam (Kingma & Ba 2015), with decoupled weight decay (Loshchilov & Hutter 2019) on weights of more than one axis.
class Adam {
 public:
  struct Options {
    double rate = 1e-3;
    double beta1 = 0.9, beta2 = 0.999;
    double epsilon = 1e-8;
    double weightDecay = 0.0;
  };
  Adam(const Trainee& trainee, const Options& options);

  /// One step down the gradient of `loss` (a scalar); `factor` scales the learning rate.
  void minimise(const at::Tensor& loss, double factor = 1.0);
  /// The same with gradients in the order of the trainee's parameters; undefined ones leave theirs alone.
  void step(std::vector<at::Tensor> gradients, double factor = 1.0);

  /// Moments and step count, names prefixed by `prefix`.
  void save(NamedTensors& to, const std::string& prefix) const;
  void load(const NamedTensors& from, const std::string& prefix);

 private:
  const Trainee& trainee_;
  Options options_;
  std::int64_t steps_ = 0;
  std::vector<at::Tensor> first_, second_;
};

/// Running mean of a trainee's weights, which tells more than where the last step happened to land.
class MovingAverage {
 public:
  explicit MovingAverage(const Trainee& trainee);
  /// mean = decay * mean + (1 - decay) * now; buffers are copied.
  void update(double decay);
  const NamedTensors& state() const noexcept { return state_; }
  void load(const NamedTensors& state);

 private:
  const Trainee& trainee_;
  NamedTensors state_;
  std::vector<at::Tensor> means_;
};

}  // namespace unitscope
