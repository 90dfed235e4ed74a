#include "attribution/perturbation/compute_form.h"

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#include <cpuid.h>
#endif

namespace unitscope {
namespace {

/// Whether the processor has tiles of bfloat16 (Intel's AMX-BF16).
bool multipliesTiles() {
#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
  constexpr unsigned kExtendedFeatures = 7;
  constexpr unsigned kAmxBFloat16 = 1U << 22U;
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid_count(kExtendedFeatures, 0, &a, &b, &c, &d) != 0 && (d & kAmxBFloat16) != 0;
#else
  return false;
#endif
}

}  // namespace

ParameterSpec precisionParameter() {
  return {
      "precision",
      "Precision",
      "Of the network's runs during the search: bfloat16 is several times faster where the processor has units for "
      "it, and automatic takes it there for several pictures at a time. What is refined last, and final scores, are "
      "in float32 always.",
      std::string("automatic"),
      0,
      0,
      {"automatic", "float32", "bfloat16"}};
}

bool wantsBFloat16(const std::string& precision, at::Device device, std::int64_t pictures) {
  if (precision == "automatic") return pictures > 1 && (device.is_cuda() || (device.is_cpu() && multipliesTiles()));
  return precision == "bfloat16";
}

FastGradients::FastGradients(Executor& executor, bool bfloat16)
    : executor_(executor), before_(executor.options()), half_(before_.device, bfloat16) {
  ExecutorOptions options = before_;
  if (bfloat16) options.layout = MemoryLayout::ChannelsLast;
  executor.setOptions(options);
}

FastGradients::~FastGradients() {
  executor_.setOptions(before_);
}

}  // namespace unitscope
