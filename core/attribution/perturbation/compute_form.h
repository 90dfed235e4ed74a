#pragma once

#include <cstdint>
#include <string>

#include "attribution/parameters.h"
#include "exec/autocast.h"
#include "exec/executor.h"

namespace unitscope {

/// The parameter `precision` of methods that run the network some hundred times with gradients.
ParameterSpec precisionParameter();
/// Whether to compute in bfloat16 for a value of that parameter. "automatic" does so for several pictures at a time on
/// a GPU and on processors that multiply matrices of bfloat16 in hardware (AMX), where it is several times faster. A
/// single picture gains little, and is searched with the precision of other programs.
bool wantsBFloat16(const std::string& precision, at::Device device, std::int64_t pictures);

/// While it lives, an Executor's convolutions compute in bfloat16 and channels-last, where wanted.
class FastGradients {
 public:
  FastGradients(Executor& executor, bool bfloat16);
  ~FastGradients();
  FastGradients(const FastGradients&) = delete;
  FastGradients& operator=(const FastGradients&) = delete;

 private:
  Executor& executor_;
  ExecutorOptions before_;
  Autocast half_;
};

}  // namespace unitscope
