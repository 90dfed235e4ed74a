#include "features/regularisers.h"

#include "attribution/gaussian_blur.h"
#include "features/parameterisation.h"

namespace unitscope {
namespace {

constexpr double kGrey = 0.5, kBlur = 1.0, kFine = 0.25;

}  // namespace

at::Tensor greyness(const at::Tensor& pictures) {
  return (pictures - kGrey).abs().flatten(1).mean(1);
}

at::Tensor variation(const at::Tensor& pictures) {
  const std::int64_t h = pictures.size(2), w = pictures.size(3);
  const at::Tensor down = (pictures.slice(2, 1, h) - pictures.slice(2, 0, h - 1)).abs();
  const at::Tensor right = (pictures.slice(3, 1, w) - pictures.slice(3, 0, w - 1)).abs();
  return down.flatten(1).mean(1) + right.flatten(1).mean(1);
}

at::Tensor sharpness(const at::Tensor& pictures) {
  const at::Tensor blurred = gaussianBlur(pictures.detach(), kBlur);
  return (pictures - blurred).square().flatten(1).mean(1);
}

at::Tensor fineShare(const at::Tensor& pictures) {
  const std::int64_t h = pictures.size(2), w = pictures.size(3);
  at::Tensor luminance = pictures.mean(1);
  luminance = luminance - luminance.mean(at::IntArrayRef{1, 2}, /*keepdim=*/true);
  at::Tensor energy = at::fft_rfft2(luminance).abs().square();
  // Coefficients that the half spectrum leaves out equal their mirror images.
  at::Tensor weights = at::full({w / 2 + 1}, 2.0, energy.options());
  weights[0].fill_(1.0);
  if (w % 2 == 0) weights[w / 2].fill_(1.0);
  energy = energy * weights;
  const at::Tensor fine = (pictureFrequencies(h, w).to(pictures.device()) > kFine).to(energy.scalar_type());
  return (energy * fine).flatten(1).sum(1) / energy.flatten(1).sum(1).clamp_min(1e-20);
}

}  // namespace unitscope
