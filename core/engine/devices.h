#pragma once

#include <string>

#include <ATen/ATen.h>

#include "engine/model.h"

namespace unitscope {

/// "cpu", "cuda", "cuda:1", "mps". Throws Error naming the device when this LibTorch does not have it.
at::Device deviceFrom(const std::string& name);

/// Readies the calling thread for heavy work: OpenMP's thread count is kept per calling thread, so a worker has to
/// set it itself, and the allocator's budget follows the settings. Cheap when called again.
void prepareComputeThread(const ComputeSettings& settings);

}  // namespace unitscope
