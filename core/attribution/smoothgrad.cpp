#include <algorithm>

#include <ATen/CPUGeneratorImpl.h>

#include "attribution/image_method.h"
#include "attribution/methods.h"

namespace unitscope {
namespace {

constexpr std::int64_t kBatch = 16;

/// Standard normal noise for samples [first, first + count). Each sample is seeded by itself, so that the result does
/// not depend on how the samples were split into batches.
at::Tensor noise(const at::Tensor& image, std::int64_t seed, std::int64_t first, std::int64_t count) {
  std::vector<at::Tensor> samples;
  constexpr std::uint64_t kApart = 1'000'003;
  for (std::int64_t i = first; i < first + count; ++i) {
    const auto own = static_cast<std::uint64_t>(seed) * kApart + static_cast<std::uint64_t>(i);
    const at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(own);
    samples.push_back(at::randn(image.sizes(), generator, at::TensorOptions(at::kFloat)));
  }
  return at::cat(samples).to(image.device());
}

class SmoothGrad final : public ImageMethod {
 public:
  using ImageMethod::ImageMethod;

 private:
  Attribution explain(const ScoreFunction& score, const ParameterValues& parameters, const Progress& progress,
                      const CancelToken& cancel) const override {
    const at::Tensor& image = score.image();
    const std::int64_t samples = parameters.integer("samples");
    const double sigma = parameters.number("noise") * (image.max() - image.min()).item<double>();
    at::Tensor sum = at::zeros_like(image);
    inBatches(samples, score.batchSize(std::min(samples, kBatch), true), progress, cancel, "Noisy copies",
              [&](std::int64_t first, std::int64_t count) {
                const at::Tensor noisy = noise(image, parameters.integer("seed"), first, count).mul_(sigma).add_(image);
                sum += score.gradient(noisy).gradient.sum(0, /*keepdim=*/true);
              });
    return {sum / static_cast<double>(samples), {}, {"noise of standard deviation " + shown(sigma)}};
  }
};

}  // namespace

std::unique_ptr<AttributionMethod> makeSmoothGrad() {
  MethodInfo info;
  info.id = "smoothgrad";
  info.title = "SmoothGrad";
  info.description =
      "The gradient averaged over noisy copies of the picture, which cancels what jumps from one pixel value to the "
      "next and keeps what stays.";
  info.citation = "Smilkov et al. 2017, arXiv:1706.03825";
  info.parameters = {
      {"samples",
       "Samples",
       "Noisy copies of the picture; the paper finds little change beyond 50.",
       std::int64_t{50},
       1,
       2000,
       {}},
      {"noise",
       "Noise",
       "Standard deviation as a part of the range of values; the paper uses 0.1 to 0.2.",
       0.15,
       0.0,
       2.0,
       {}},
      {"seed", "Seed", "Start of the random numbers.", std::int64_t{0}, 0, 2147483647, {}},
  };
  return std::make_unique<SmoothGrad>(std::move(info));
}

}  // namespace unitscope
