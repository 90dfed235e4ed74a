#pragma once

#include <ATen/ATen.h>

namespace unitscope {

/// While it lives, convolutions and matrix products of this thread compute in bfloat16, and what has to keep its
/// precision (norms, losses) does not: mixed precision as PyTorch has it (Micikevicius et al. 2018, with the wider
/// exponent that needs no loss scaling). Weights and optimiser stay in full precision.
class Autocast {
 public:
  Autocast(at::Device device, bool wanted);
  ~Autocast();
  Autocast(const Autocast&) = delete;
  Autocast& operator=(const Autocast&) = delete;

 private:
  at::DeviceType type_;
  bool wanted_;
};

}  // namespace unitscope
