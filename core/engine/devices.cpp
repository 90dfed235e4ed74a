#include "engine/devices.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <utility>

#ifdef __linux__
#include <sched.h>
#endif

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <torch/version.h>

#include "engine/model.h"
#include "exec/caching_allocator.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

/// Processors that this process may use: fewer than there are under taskset, in containers and batch systems.
int allowedProcessors() {
#ifdef __linux__
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) return std::max(1, CPU_COUNT(&allowed));
#endif
  return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

/// Cores without their hyper-threads, which share the arithmetic units that convolutions keep busy anyway.
int physicalCores() {
  std::ifstream info("/proc/cpuinfo");
  std::set<std::pair<std::string, std::string>> cores;
  std::string line;
  std::string package;
  while (std::getline(info, line)) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    if (line.starts_with("physical id")) package = line.substr(colon + 1);
    if (line.starts_with("core id")) cores.emplace(package, line.substr(colon + 1));
  }
  const int logical = allowedProcessors();
  return cores.empty() ? logical : std::min(logical, static_cast<int>(cores.size()));
}

}  // namespace

at::Device deviceFrom(const std::string& name) {
  if (name.empty() || name == "cpu") return at::kCPU;
  const bool cuda = name == "cuda" || name.starts_with("cuda:");
  if (cuda) {
    if (!at::hasCUDA()) throw Error("device " + name, "this LibTorch was built without CUDA, or no GPU is there");
    int index = 0;
    if (name.size() > 5) {
      const std::string digits = name.substr(5);
      if (digits.size() > 3 || digits.find_first_not_of("0123456789") != std::string::npos)
        throw Error("device " + name, "a GPU is named cuda:0, cuda:1...");
      index = std::stoi(digits);
    }
    if (index >= static_cast<int>(at::detail::getCUDAHooks().getNumGPUs()))
      throw Error("device " + name, "there is no such GPU");
    return at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(index));
  }
#if TORCH_VERSION_MAJOR >= 2
  if (name == "mps" && at::hasMPS()) return at::Device(at::kMPS);
#endif
  const bool other = name == "mps";
  throw Error("device " + name, other ? "this LibTorch cannot use it" : "known devices are cpu, cuda, cuda:N and mps");
}

void prepareComputeThread(const ComputeSettings& settings) {
  installCachingAllocator();
  setMemoryBudget(settings.memoryBudget);
  thread_local const bool ready = [] {
    at::init_num_threads();
    // OpenMP's own variable is the user's word, which init_num_threads() follows.
    if (std::getenv("OMP_NUM_THREADS") == nullptr) at::set_num_threads(physicalCores());
    // Activations that fade to denormals would slow the arithmetic down a hundredfold.
    at::globalContext().setFlushDenormal(true);
    return true;
  }();
  static_cast<void>(ready);
}

std::vector<std::string> availableDevices() {
  std::vector<std::string> names;
  if (at::hasCUDA())
    for (int i = 0; i < static_cast<int>(at::detail::getCUDAHooks().getNumGPUs()); ++i)
      names.push_back("cuda:" + std::to_string(i));
#if TORCH_VERSION_MAJOR >= 2
  if (at::hasMPS()) names.emplace_back("mps");
#endif
  names.emplace_back("cpu");
  return names;
}

std::string engineDescription() {
  std::string text = "LibTorch " + std::string(TORCH_VERSION);
  text += at::hasMKL() ? ", MKL" : ", OpenBLAS or similar";
  text += at::globalContext().userEnabledMkldnn() && at::Context::hasMKLDNN() ? ", oneDNN" : ", no oneDNN";
  if (at::hasCUDA()) text += ", CUDA";
  // Of the threads that compute; LibTorch counts those of the calling one.
  return text + ", " + std::to_string(physicalCores()) + " threads";
}

}  // namespace unitscope
