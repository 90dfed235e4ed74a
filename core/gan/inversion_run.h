#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <ATen/ATen.h>

#include "attribution/perturbation/descent.h"
#include "gan/generator_internal.h"
#include "gan/inversion.h"
#include "gan/latent_spread.h"
#include "gan/picture_lens.h"

namespace unitscope {

/// Codes of a batch of pictures on their way down. Loss terms are one number for each picture.
class InversionRun {
 public:
  struct Losses {
    at::Tensor total, pixels, perceptual, domain;  ///< [N]
  };
  /// Of the best step of each picture.
  struct Best {
    at::Tensor codes;   ///< [N,D] or [N,L,D]
    at::Tensor images;  ///< [N,C,H,W] in the generator's range
    Losses losses;
    at::Tensor step;  ///< [N] int64
  };

  /// Finds encoder, classifier and space. Throws Error for what does not fit.
  InversionRun(Generator& generator, const InversionQuestion& question, CancelToken cancel);

  LatentSpace space() const { return space_; }
  std::int64_t steps() const { return steps_; }
  bool hasEncoder() const { return encoder_.has_value(); }
  /// Whether several pictures can be worked on at once.
  bool batches() const;

  /// Targets that have the generator's form, and codes to start from.
  void begin(const std::vector<Image>& targets);
  /// Draws from the codes as they are, keeps those that are the best so far, and takes a step unless it is the last
  /// of steps() + 1.
  Losses step();

  /// Drawn in the last step(), [N,C,H,W] in the generator's range.
  const at::Tensor& drawn() const { return drawn_; }
  const Best& best() const { return best_; }
  /// The same of the steps in which all layers shared one w; undefined tensors where there were none.
  const Best& bestShared() const { return bestShared_; }
  /// Does not look at the cancel token any more, so that what was found can be finished.
  void stopListening() { cancel_ = CancelToken(); }
  /// How much the features of these images differ from the targets', relative to them, mean over the layers: [N].
  at::Tensor featureDifference(const at::Tensor& images);

 private:
  enum class EncoderForm { Z, W, WPlus };

  void findEncoder();
  void findLens();
  /// What the encoder says of pictures of 0..1 in the form in which codes are compared: z [N,D] where both are z,
  /// else styles [N,L,D].
  at::Tensor encoded(const at::Tensor& colours, bool gradients);
  bool comparesZ() const { return space_ == LatentSpace::Z && encoderForm_ == EncoderForm::Z; }
  at::Tensor codesAt(const at::Tensor& place) const;
  double rateNow() const;
  /// Where the walk in w ends and that in w+ begins; 0 where there is no walk in w.
  std::int64_t switchStep() const;
  void enterW();
  void enterWPlus();
  at::Tensor firstCodes();
  at::Tensor givenStart() const;
  at::Tensor bestDrawn();
  at::Tensor nearestDrawn(const at::Tensor& styles);
  at::Tensor manyDrawn(std::int64_t count) const;
  RunRequest requestFor(const at::Tensor& codes, LatentSpace space, std::vector<ValueId> fetch, bool gradients);
  at::Tensor asColours(const at::Tensor& images) const;
  at::Tensor featuresOff(const at::Tensor& colours, bool relative, bool gradients);
  Losses evaluate(const at::Tensor& codes, bool gradients);
  void keepBest(Best& best, const at::Tensor& codes, const Losses& losses) const;

  Generator& generator_;
  CancelToken cancel_;
  InversionQuestion question_;
  LatentSpace space_ = LatentSpace::Z;
  std::int64_t steps_ = 0, done_ = 0;
  std::optional<PictureLens> encoder_, lens_;
  EncoderForm encoderForm_ = EncoderForm::WPlus;
  at::Tensor targets_;                      ///< [N,C,H,W] of 0..1
  std::vector<at::Tensor> targetFeatures_;  ///< [N,...] of each layer
  std::vector<at::Tensor> featurePower_;    ///< [N] mean square of each
  std::optional<LatentSpread> spread_;      ///< of w, whose axes are walked along
  bool together_ = false;                   ///< all rows of w+ walk as one
  at::Tensor place_;                        ///< of the codes: standard coordinates of w and w+, z itself
  at::Tensor drawn_;
  std::optional<AdamDescent> adam_;
  Best best_, bestShared_;
};

/// 8-bit pictures of the same size as colours of 0..1, [N,C,H,W].
at::Tensor coloursOf(const std::vector<Image>& pictures);

}  // namespace unitscope
