#include <algorithm>
#include <cmath>
#include <vector>

#include <ATen/ATen.h>

#include "gan/inversion.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr double kBrightest = 255.0;
constexpr double kLeastError = 1e-3;

void checkAlike(const Image& a, const Image& b) {
  if (a.empty() || a.width != b.width || a.height != b.height || a.channels != b.channels ||
      a.pixels.size() != b.pixels.size())
    throw Error("pictures", "can only be compared where they have the same size");
}

/// Brightness [1,1,H,W], 0..255 (Rec. 601).
at::Tensor brightness(const Image& picture) {
  const at::Tensor bytes = at::empty({picture.height, picture.width, picture.channels}, at::kByte);
  std::copy(picture.pixels.begin(), picture.pixels.end(), bytes.data_ptr<std::uint8_t>());
  const at::Tensor values = bytes.to(at::kDouble);
  const at::Tensor grey = picture.channels == 1
                              ? values.select(2, 0)
                              : values.select(2, 0) * 0.299 + values.select(2, 1) * 0.587 + values.select(2, 2) * 0.114;
  return grey.unsqueeze(0).unsqueeze(0);
}

at::Tensor gaussian(std::int64_t size, double sigma) {
  const at::Tensor x = at::arange(size, at::kDouble) - static_cast<double>(size - 1) / 2.0;
  const at::Tensor bell = (x * x * (-0.5 / (sigma * sigma))).exp();
  return bell / bell.sum();
}

}  // namespace

double peakSignalToNoise(const Image& a, const Image& b) {
  checkAlike(a, b);
  double sum = 0.0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) {
    const double off = static_cast<double>(a.pixels[i]) - static_cast<double>(b.pixels[i]);
    sum += off * off;
  }
  const double error = std::max(kLeastError, sum / static_cast<double>(a.pixels.size()));
  return 10.0 * std::log10(kBrightest * kBrightest / error);
}

double structuralSimilarity(const Image& a, const Image& b) {
  checkAlike(a, b);
  // The authors' window and constants; a smaller window where the picture is smaller than it.
  constexpr std::int64_t kWindow = 11;
  constexpr double kSigma = 1.5, kLight = 0.01 * kBrightest, kContrast = 0.03 * kBrightest;
  const std::int64_t tall = std::min<std::int64_t>(kWindow, a.height), wide = std::min<std::int64_t>(kWindow, a.width);
  const at::Tensor down = gaussian(tall, kSigma).reshape({1, 1, tall, 1}),
                   across = gaussian(wide, kSigma).reshape({1, 1, 1, wide});
  const auto blurred = [&](const at::Tensor& x) { return at::conv2d(at::conv2d(x, down), across); };
  const at::NoGradGuard still;
  const at::Tensor x = brightness(a), y = brightness(b);
  const at::Tensor mx = blurred(x), my = blurred(y);
  const at::Tensor vx = blurred(x * x) - mx * mx, vy = blurred(y * y) - my * my, cov = blurred(x * y) - mx * my;
  const double c1 = kLight * kLight, c2 = kContrast * kContrast;
  const at::Tensor map = (mx * my * 2.0 + c1) * (cov * 2.0 + c2) / ((mx * mx + my * my + c1) * (vx + vy + c2));
  return map.mean().item<double>();
}

}  // namespace unitscope
