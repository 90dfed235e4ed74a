#pragma once

#include <string>
#include <vector>

#include "training/evaluator.h"
#include "training/picture_pool.h"

namespace unitscope {

/// What a generator's training looks at beside the networks.
struct GeneratorData {
  PicturePool training;
  PicturePool held;       ///< to measure distances to
  bool mirrored = false;  ///< a mirrored picture is as good as the picture
};

/// How far generated pictures are from real ones in the eyes of a classifier: Fréchet distances of its `features`,
/// beside that of blurred real pictures and that of other real ones.
class FrechetGauge {
 public:
  /// `real` and `others` are bytes of the same data set.
  FrechetGauge(Evaluator& lens, const at::Tensor& real, const at::Tensor& others);
  double ofPictures(const at::Tensor& bytes);
  double ofBlurred() const noexcept { return blurred_; }
  double ofReal() const noexcept { return real_; }
  const at::Tensor& realFeatures() const noexcept { return features_; }

 private:
  Evaluator& lens_;
  at::Tensor features_;
  double blurred_ = 0.0, real_ = 0.0;
};

/// Blurred by a Gaussian of this deviation in pixels, mirrored at the edges; bytes [N,C,H,W].
at::Tensor blurBytes(const at::Tensor& pictures, double sigma);

/// Draws `count` pictures as bytes: latents from a seed of their own, with fresh noise. `truncation` draws the styles
/// towards their mean by this factor (Karras et al. 2019); 1 leaves them alone.
at::Tensor samplePictures(Evaluator& generator, std::int64_t count, std::uint64_t seed, const CancelToken& cancel = {},
                          double truncation = 1.0);

/// Pictures (bytes [N,C,H,W]) as the generator draws them again from the styles that the encoder finds; bytes, on the
/// CPU.
at::Tensor redrawn(Evaluator& encoder, Evaluator& generator, const at::Tensor& pictures,
                   const CancelToken& cancel = {});

/// Pictures [N,C,H,W] as bytes in a grid, in the order given.
Image sheetOf(const at::Tensor& bytes, int columns);

}  // namespace unitscope
