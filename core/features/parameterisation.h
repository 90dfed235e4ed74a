#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <ATen/ATen.h>

namespace unitscope {

/// What the pictures of a batch are like.
struct PictureForm {
  std::int64_t channels = 3;
  std::int64_t height = 128, width = 128;
  bool decorrelate = true;  ///< colours; of no matter to one channel
  double decay = 1.0;       ///< Fourier: the power of the frequency by which its coefficients are made smaller
  at::Device device = at::kCPU;
};

/// Pictures as a function of numbers that gradient ascent may change freely.
class Parameterisation {
 public:
  virtual ~Parameterisation() = default;
  /// The numbers, N first: a leaf that requires a gradient.
  at::Tensor& values() noexcept { return values_; }
  /// [N,C,H,W] between 0 and 1, differentiable by values().
  virtual at::Tensor pictures() const = 0;

 protected:
  at::Tensor values_;
};

/// How each picture of a batch begins: a generator for each, so that none depends on the others.
using PictureSeeds = std::vector<at::Generator>;

/// Coefficients of the real Fourier transform of the picture, each scaled by a power of 1 / frequency, as in natural
/// pictures, so that all scales learn at their pace (Olah et al. 2017): normal with a deviation of 0.01 to begin with.
std::unique_ptr<Parameterisation> fourierPictures(const PictureForm& form, PictureSeeds seeds);
/// One number a pixel and channel.
std::unique_ptr<Parameterisation> pixelPictures(const PictureForm& form, PictureSeeds seeds);
/// The phases of the Fourier coefficients alone; their magnitudes are those of natural pictures, the same for good
/// (MaCo, Fel et al. 2023).
std::unique_ptr<Parameterisation> phasePictures(const PictureForm& form, PictureSeeds seeds);

/// By the method's id: "fourier", "pixels", "maco".
std::unique_ptr<Parameterisation> parameterisationOf(const std::string& method, const PictureForm& form,
                                                     PictureSeeds seeds);

/// Frequencies of the coefficients that at::fft_rfft2 gives, in cycles a pixel: [H, W/2+1].
at::Tensor pictureFrequencies(std::int64_t height, std::int64_t width);
/// Mean magnitude of such a coefficient of natural pictures, up to a factor, [H, W/2+1]; 0 for the mean itself. Taken
/// from the luminance of scenes and photographs.
at::Tensor naturalMagnitude(std::int64_t height, std::int64_t width);

}  // namespace unitscope
