#include "exec/autocast.h"

#include <ATen/autocast_mode.h>
#include <torch/version.h>

namespace unitscope {
namespace {

void enable(at::DeviceType type, bool on) {
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
  at::autocast::set_autocast_enabled(type, on);
  if (on) at::autocast::set_autocast_dtype(type, at::kBFloat16);
#else
  if (type == at::kCUDA) {
    at::autocast::set_enabled(on);
    if (on) at::autocast::set_autocast_gpu_dtype(at::kBFloat16);
  } else {
    at::autocast::set_cpu_enabled(on);
    if (on) at::autocast::set_autocast_cpu_dtype(at::kBFloat16);
  }
#endif
}

}  // namespace

Autocast::Autocast(at::Device device, bool wanted)
    : type_(device.type()), wanted_(wanted && (device.is_cpu() || device.is_cuda())) {
  if (wanted_) enable(type_, true);
}

Autocast::~Autocast() {
  if (!wanted_) return;
  enable(type_, false);
  // Holds halved copies of the weights, which the optimiser is about to change.
  at::autocast::clear_cache();
}

}  // namespace unitscope
