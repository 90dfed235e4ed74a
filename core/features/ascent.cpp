#include "features/ascent.h"

#include <algorithm>
#include <utility>

#include "attribution/gaussian_blur.h"
#include "attribution/gradients_of.h"
#include "engine/model_internal.h"
#include "features/random_stream.h"
#include "features/regularisers.h"

namespace unitscope {
namespace {

/// Lucid wakes dead units for as long.
constexpr std::int64_t kWakingSteps = 16;
constexpr double kBrightest = 255.0, kSmall = 1e-12;
/// The share of pixels that are fully opaque, and how far a pixel's opacity spreads.
constexpr double kOpaque = 0.1, kSpread = 1.5;

PictureSeeds seedsOf(const std::vector<FeatureGoal>& goals, const std::vector<std::int64_t>& copies,
                     std::uint64_t seed) {
  PictureSeeds seeds;
  for (std::size_t i = 0; i < goals.size(); ++i) seeds.push_back(generatorFor(seed, goals[i], copies[i]));
  return seeds;
}

/// [N,H,W] of how much each pixel mattered, as opacities.
at::Tensor opacities(const at::Tensor& touched) {
  const at::Tensor smooth = gaussianBlur(touched.unsqueeze(1), kSpread).squeeze(1);
  const at::Tensor sorted = std::get<0>(smooth.flatten(1).sort(1));
  const auto rank = static_cast<std::int64_t>((1.0 - kOpaque) * static_cast<double>(sorted.size(1) - 1));
  return (smooth / sorted.select(1, rank).clamp_min(kSmall).reshape({-1, 1, 1})).clamp(0.0, 1.0);
}

}  // namespace

Ascent::Ascent(LayerRun& run, const AscentPlan& plan, std::vector<FeatureGoal> goals,
               const std::vector<std::int64_t>& copies)
    : run_(run),
      plan_(plan),
      goals_(std::move(goals)),
      objective_(goals_, plan.maps, plan.cosinePower, run.device()),
      parameterisation_(parameterisationOf(plan.method, plan.form, seedsOf(goals_, copies, plan.seed))),
      adam_(plan.rate),
      generator_(generatorFor(plan.seed)),
      negative_(!goals_.empty() && goals_.front().negative),
      grouped_(plan.diversity > 0.0 && std::ranges::any_of(goals_, [](const FeatureGoal& g) { return g.group >= 0; })) {
}

at::Tensor Ascent::worth(const at::Tensor& pictures, const at::Tensor& activations) {
  const at::Tensor values = objective_.values(activations);
  if (!grouped_ && plan_.l1 <= 0.0 && plan_.tv <= 0.0 && plan_.blur <= 0.0) return values;
  // Activations have any unit, penalties have none: so what the picture is for is taken as a share of the most that was
  // reached so far.
  const at::Tensor reached = values.detach().abs();
  scale_ = scale_.defined() ? at::maximum(scale_, reached) : reached;
  at::Tensor sum = values / scale_.clamp_min(kSmall);
  if (grouped_) sum = sum - likeness(goals_, activations) * plan_.diversity;
  if (plan_.l1 > 0.0) sum = sum - greyness(pictures) * plan_.l1;
  if (plan_.tv > 0.0) sum = sum - variation(pictures) * plan_.tv;
  if (plan_.blur > 0.0) sum = sum - sharpness(pictures) * plan_.blur;
  return sum;
}

void Ascent::step() {
  const at::AutoGradMode gradients(true);
  const at::Tensor pictures = parameterisation_->pictures();
  const TransformDraw draw = drawTransform(plan_.transforms, plan_.form.height, plan_.form.width, generator_);
  at::Tensor view = transformed(pictures, draw, plan_.viewHeight, plan_.viewWidth, plan_.fit);
  if (plan_.transforms.noise > 0.0) {
    const at::Tensor noise = at::empty({1, view.size(1), view.size(2), view.size(3)}, at::kFloat)
                                 .normal_(0.0, plan_.transforms.noise, generator_);
    view = view + noise.to(view.device());
  }
  const at::Tensor activations = run_.activationsWithGradient(view, steps_ < kWakingSteps, negative_);
  const at::Tensor loss = worth(pictures, activations).neg();
  at::Tensor& values = parameterisation_->values();
  std::vector<at::Tensor> wanted{values};
  if (plan_.opacity) wanted.push_back(pictures);
  const std::vector<at::Tensor> found = gradientsOf(loss, wanted);
  adam_.step(values, found[0]);
  if (plan_.opacity) {
    const at::Tensor touched = found[1].abs().mean(1);
    touched_ = touched_.defined() ? touched_.add_(touched) : touched;
  }
  ++steps_;
}

/// [N,C,H,W] whole numbers 0..255, on the CPU.
at::Tensor Ascent::bytes() const {
  const at::NoGradGuard noGradients;
  return (parameterisation_->pictures().to(at::kCPU).nan_to_num(0.5) * kBrightest).round().clamp(0.0, kBrightest);
}

std::vector<Image> Ascent::images() const {
  const at::Tensor pixels = bytes().to(at::kByte).permute({0, 2, 3, 1}).contiguous();
  std::vector<Image> images(static_cast<std::size_t>(pixels.size(0)));
  const auto* next = pixels.data_ptr<std::uint8_t>();
  for (Image& image : images) {
    image.height = static_cast<int>(pixels.size(1));
    image.width = static_cast<int>(pixels.size(2));
    image.channels = static_cast<int>(pixels.size(3));
    const std::int64_t size = pixels.size(1) * pixels.size(2) * pixels.size(3);
    image.pixels.assign(next, next + size);
    next += size;
  }
  return images;
}

std::vector<FeaturePicture> Ascent::finish() {
  const at::NoGradGuard noGradients;
  std::vector<Image> pictures = images();
  const at::Tensor shown = (bytes() / kBrightest).to(run_.device());
  const at::Tensor responses = objective_.responses(run_.activations(shown)).flatten(1).to(at::kCPU);
  at::Tensor opacity;
  if (touched_.defined()) opacity = opacities(touched_).to(at::kCPU);
  std::vector<FeaturePicture> finished;
  for (std::size_t i = 0; i < goals_.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i);
    FeaturePicture one;
    one.goal = goals_[i];
    one.picture = std::move(pictures[i]);
    one.mean = responses[row].mean().item<double>();
    one.largest = responses[row].max().item<double>();
    if (opacity.defined()) one.opacity = toArray(opacity[row]);
    finished.push_back(std::move(one));
  }
  return finished;
}

}  // namespace unitscope
