#include "features/parameterisation.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "features/colours.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr double kInitialDeviation = 0.01;
/// Lucid's factor between the inverse transform and the sigmoid.
constexpr double kFourierGain = 0.25;

/// The frequency that gets the same scale whatever the decay.
constexpr double kPivot = 0.125;

/// [N, shape...] where each picture's part is drawn by its own generator; on the CPU, so that a seed gives the same
/// start on every device.
template <class Draw>
at::Tensor drawn(PictureSeeds& seeds, const std::vector<std::int64_t>& shape, const Draw& draw) {
  std::vector<at::Tensor> parts;
  parts.reserve(seeds.size());
  for (at::Generator& generator : seeds) parts.push_back(draw(at::empty(shape, at::kFloat), generator));
  return at::stack(parts);
}

at::Tensor normal(PictureSeeds& seeds, const std::vector<std::int64_t>& shape) {
  return drawn(seeds, shape,
               [](at::Tensor t, at::Generator& g) { return std::move(t).normal_(0.0, kInitialDeviation, g); });
}

/// The picture of half a spectrum [...,H,W/2+1], with the unitary transform.
at::Tensor fromSpectrum(const at::Tensor& spectrum, const PictureForm& form) {
  const std::vector<std::int64_t> size{form.height, form.width};
  return at::fft_irfft2(spectrum, size) * std::sqrt(static_cast<double>(form.height * form.width));
}

class FourierPictures final : public Parameterisation {
 public:
  FourierPictures(const PictureForm& form, PictureSeeds seeds) : form_(form) {
    const double lowest = 1.0 / static_cast<double>(std::max(form.height, form.width));
    const at::Tensor frequencies = pictureFrequencies(form.height, form.width).clamp_min(lowest);
    scale_ = kFourierGain / frequencies * (frequencies / kPivot).pow(1.0 - form.decay);
    scale_ = scale_.unsqueeze(-1);
    scale_ = scale_.to(form.device);
    values_ = normal(seeds, {form.channels, form.height, form.width / 2 + 1, 2}).to(form.device);
    values_.requires_grad_(true);
  }
  at::Tensor pictures() const override {
    return coloursFrom(fromSpectrum(at::view_as_complex(values_ * scale_), form_), form_.decorrelate);
  }

 private:
  PictureForm form_;
  at::Tensor scale_;
};

class PixelPictures final : public Parameterisation {
 public:
  PixelPictures(const PictureForm& form, PictureSeeds seeds) : form_(form) {
    values_ = normal(seeds, {form.channels, form.height, form.width}).to(form.device);
    values_.requires_grad_(true);
  }
  at::Tensor pictures() const override { return coloursFrom(values_, form_.decorrelate); }

 private:
  PictureForm form_;
};

class PhasePictures final : public Parameterisation {
 public:
  PhasePictures(const PictureForm& form, PictureSeeds seeds)
      : form_(form), magnitude_(naturalMagnitude(form.height, form.width).to(form.device)) {
    const std::vector<std::int64_t> shape{form.channels, form.height, form.width / 2 + 1};
    values_ = drawn(seeds, shape, [](at::Tensor t, at::Generator& g) {
                return std::move(t).uniform_(-std::numbers::pi, std::numbers::pi, g);
              }).to(form.device);
    values_.requires_grad_(true);
  }
  at::Tensor pictures() const override {
    const at::Tensor spectrum =
        at::view_as_complex(at::stack({values_.cos() * magnitude_, values_.sin() * magnitude_}, -1));
    at::Tensor plane = fromSpectrum(spectrum, form_);
    // The sigmoid needs values of about 1 whatever unit the magnitudes have.
    plane = plane / plane.std(at::IntArrayRef{1, 2, 3}, /*unbiased=*/false, /*keepdim=*/true).clamp_min(1e-12);
    return coloursFrom(plane, form_.decorrelate);
  }

 private:
  PictureForm form_;
  at::Tensor magnitude_;
};

}  // namespace

at::Tensor pictureFrequencies(std::int64_t height, std::int64_t width) {
  const at::Tensor fy = at::fft_fftfreq(height, 1.0, at::TensorOptions(at::kFloat)).unsqueeze(1);
  const at::Tensor fx = at::fft_rfftfreq(width, 1.0, at::TensorOptions(at::kFloat)).unsqueeze(0);
  return (fy * fy + fx * fx).sqrt();
}

std::unique_ptr<Parameterisation> fourierPictures(const PictureForm& form, PictureSeeds seeds) {
  return std::make_unique<FourierPictures>(form, std::move(seeds));
}
std::unique_ptr<Parameterisation> pixelPictures(const PictureForm& form, PictureSeeds seeds) {
  return std::make_unique<PixelPictures>(form, std::move(seeds));
}
std::unique_ptr<Parameterisation> phasePictures(const PictureForm& form, PictureSeeds seeds) {
  return std::make_unique<PhasePictures>(form, std::move(seeds));
}

std::unique_ptr<Parameterisation> parameterisationOf(const std::string& method, const PictureForm& form,
                                                     PictureSeeds seeds) {
  if (method == "pixels") return pixelPictures(form, std::move(seeds));
  if (method == "maco") return phasePictures(form, std::move(seeds));
  if (method == "fourier") return fourierPictures(form, std::move(seeds));
  throw Error("method " + method, "is none of feature visualization; known are fourier, pixels and maco");
}

}  // namespace unitscope
