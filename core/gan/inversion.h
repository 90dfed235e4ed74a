#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/array.h"
#include "gan/generator.h"
#include "image/image.h"
#include "runtime/progress.h"

namespace unitscope {

class Model;

/// Which part of a picture a generator is asked to draw again: a rectangle of the generator's proportions.
struct CropChoice {
  double x = 0.5, y = 0.5;  ///< its middle, as shares of the picture; moved inwards where it would stick out
  double size = 1.0;        ///< 1: the largest that fits; smaller: closer
};

/// That part in the size and the channels of the generator's pictures: what invert() sees. Throws Error for an empty
/// picture, and for sizes that are not in (0,1].
Image cropFor(const Image& picture, const Generator& generator, const CropChoice& choice = {});

/// Which picture to find the latent of, and how.
struct InversionQuestion {
  /// Of the generator's proportions, or its middle is taken; see cropFor().
  Image picture;
  /// Where to look. By default w+ where the network has styles, else z.
  std::optional<LatentSpace> space;
  std::int64_t steps = 0;     ///< 0: 100 from an encoder's code, 1,000 from the mean latent
  double learningRate = 0.1;  ///< of Adam, in standard deviations of the latents along their principal axes
  /// For w+: share of the steps in which all layers still share one w. What is found there lies among the generator's
  /// own latents; the rest lets the layers part.
  double togetherShare = 0.6;
  double pixelWeight = 1.0;  ///< of the mean squared difference of the pictures in -1..1
  /// Of the difference in the eyes of a classifier, the sum over its layers. With `relativeFeatures` each layer counts
  /// as mean squared difference over the mean square of the picture's own features, so that the weight does not depend
  /// on how large a network's features are: two pictures that have nothing in common are about 1 apart in each layer,
  /// which this default makes as much as some 0.1 of grey. Without, it is the plain mean squared difference: Zhu et al.
  /// 2020 have 5e-5 for the features of VGG-16, which are in the hundreds.
  double perceptualWeight = 0.02;
  bool relativeFeatures = true;
  /// Of the mean squared distance between the code and the encoder's code of its own picture, which keeps the code
  /// where the generator knows its way (in-domain). Counts only where there is an encoder. Zhu et al. 2020 have 2 for
  /// encoders that find the codes of generated pictures well; the embedded one is 0.2 to 0.3 off (mean squared) for
  /// codes that are right, and with 2 nothing else would count.
  double domainWeight = 0.02;
  /// From a picture to z, w or w+. Null: the embedded scene-encoder where it was made for this generator.
  std::shared_ptr<Model> encoder;
  bool useEncoder = true;  ///< false: from the mean latent, without a domain term
  /// A classifier through whose eyes pictures are compared, and its layers (as resolveLayer() takes them; empty: up to
  /// three, spread over its depth). Null: the embedded scene-classifier.
  std::shared_ptr<Model> perceptual;
  std::vector<std::string> perceptualLayers;
  Array classes;                  ///< as SynthesisQuestion has it
  Array start;                    ///< latents of `space` to start from instead, one row; empty: as said above
  std::int64_t previewEvery = 5;  ///< steps between previews
};

/// Losses of each step that was done; the domain's are 0 without an encoder.
struct InversionCurves {
  std::vector<double> total, pixels, perceptual, domain;
};

/// What there is at some step.
struct InversionPreview {
  std::int64_t step = 0, steps = 0;
  Image picture;
  double total = 0.0, pixels = 0.0, perceptual = 0.0, domain = 0.0;
};
/// Called on the calling thread.
using InversionWatcher = std::function<void(const InversionPreview&)>;

/// The latent that was found, and what the generator draws from it.
struct InversionAnswer {
  Array latents;  ///< one row: z [1,D], w [1,D] or w+ [1,L,D]
  LatentSpace space = LatentSpace::Z;
  Array classes;  ///< those of the question
  Image target;   ///< the picture as the generator's pictures are
  Image picture;  ///< drawn from the latents
  InversionCurves curves;
  double psnr = 0.0;       ///< dB, over all channels; at most 78, for equal pictures
  double ssim = 0.0;       ///< structural similarity of the brightness (Wang et al. 2004), Gaussian window of 11 pixels
  double startPsnr = 0.0;  ///< of the start: what the encoder alone does
  /// What is left: root mean squared difference of the pixels in 0..1, and the mean over the classifier's layers of the
  /// squared difference relative to the mean square of the picture's own features.
  double pixelResidual = 0.0, perceptualResidual = 0.0;
  /// The same of the best picture that was drawn while all layers shared one w, which cannot leave the domain as w+
  /// can; NaN where they never did.
  double sharedPixelResidual = std::numeric_limits<double>::quiet_NaN();
  double sharedPerceptualResidual = std::numeric_limits<double>::quiet_NaN();
  /// Mean squared distance between the code and the encoder's code of its picture; NaN without an encoder.
  double domainResidual = 0.0;
  Array errorMap;  ///< [H,W] mean over channels of the absolute difference, 0..1
  std::int64_t stepsDone = 0;
  std::int64_t bestStep = 0;  ///< from which the latents are: the one with the lowest total
  bool fromEncoder = false;
  bool cancelled = false;  ///< stopped early; the best so far
  double seconds = 0.0;
};

/// Looks for the latent of a picture (in-domain inversion, Zhu et al. 2020): from the encoder's code or the mean latent
/// down the gradient (Adam) of pixel, perceptual and domain loss. The latents with the lowest total are kept, also when
/// `cancel` ends the search early: that is no exception here, unless not even the start was done. Throws Error for
/// pictures, spaces, encoders and layers that do not fit the generator, and for numbers out of range; Cancelled.
InversionAnswer invert(Generator& generator, const InversionQuestion& question, const InversionWatcher& watch = {},
                       const Progress& progress = {}, const CancelToken& cancel = {});

/// The same for many pictures with the settings of one question (its `picture` and `start` do not count), some at a
/// time. Answers have no curves. Here `cancel` throws Cancelled.
std::vector<InversionAnswer> invertAll(Generator& generator, const std::vector<Image>& pictures,
                                       const InversionQuestion& question, const Progress& progress = {},
                                       const CancelToken& cancel = {});

/// The embedded encoder if it was made for this generator, else null.
std::shared_ptr<Model> embeddedEncoderFor(const Generator& generator);

/// Peak signal-to-noise ratio in dB of two pictures of the same size, and their structural similarity. Throw Error for
/// different sizes.
double peakSignalToNoise(const Image& a, const Image& b);
double structuralSimilarity(const Image& a, const Image& b);

}  // namespace unitscope
