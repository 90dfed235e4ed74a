#pragma once

#include <cstdint>

#include <ATen/ATen.h>

namespace unitscope {

/// Gradient descent with momentum, where each gradient enters with 1 - momentum of its size ("dampening") but the
/// first, which enters whole.
class MomentumDescent {
 public:
  MomentumDescent(double rate, double momentum) : rate_(rate), momentum_(momentum) {}
  /// From the next step on.
  void setRate(double rate) noexcept { rate_ = rate; }
  /// One step down, in place.
  void step(at::Tensor& x, const at::Tensor& gradient);

 private:
  double rate_, momentum_;
  at::Tensor velocity_;
};

/// Adam (Kingma & Ba 2015) for a single tensor, with the published moments.
class AdamDescent {
 public:
  explicit AdamDescent(double rate) : rate_(rate) {}
  /// From the next step on.
  void setRate(double rate) noexcept { rate_ = rate; }
  /// One step down, in place.
  void step(at::Tensor& x, const at::Tensor& gradient);

 private:
  double rate_;
  std::int64_t steps_ = 0;
  at::Tensor mean_, square_;
};

}  // namespace unitscope
