#pragma once

#include <cstdint>
#include <vector>

#include "engine/array.h"
#include "runtime/progress.h"

namespace unitscope {

struct BoundaryOptions {
  /// Share of the samples with the highest scores that are the positives, and of those with the lowest that are the
  /// negatives, up to 0.5. 0: as many as make 2,500 of each, between 2% and 25%. Scores of two values (hand labels)
  /// are taken whole.
  double share = 0.0;
  double validation = 0.3;  ///< share of the chosen ones that is not trained on
  double cost = 1.0;        ///< C of the support vector machine
  std::uint64_t seed = 0;   ///< of the split
};

/// The plane between samples with an attribute and those without: normal * x + bias is positive with it.
struct Boundary {
  Array normal;  ///< unit length; shape of one latent, [D] or [L,D]
  double bias = 0.0;
  double trainAccuracy = 0.0, validationAccuracy = 0.0;
  /// Over all samples that were not chosen; an attribute is said to be there from the middle between highest and
  /// lowest score on. NaN where there are none.
  double remainingAccuracy = 0.0;
  double deviation = 0.0;  ///< standard deviation of all samples along the normal: a natural length of steps
  /// The split, rows of the latents.
  std::vector<std::int64_t> trainPositive, trainNegative, validationPositive, validationNegative;
  std::int64_t remaining = 0;
};

/// Trains the boundary of an attribute as InterFaceGAN (Shen et al. 2020) does: extremes of the scores, 70/30 split,
/// linear support vector machine with squared hinge loss (LIBLINEAR; the intercept is the weight of a feature of ones).
/// `latents` is [N,D], [N,D,1,1] or [N,L,D]; `scores` one number a row. Throws Error where counts differ, numbers are
/// not finite, all scores are equal, fewer than two samples a side can be trained on, and in builds without LIBLINEAR.
Boundary fitBoundary(const Array& latents, const std::vector<float>& scores, const BoundaryOptions& options = {},
                     const CancelToken& cancel = {});
/// Whether this build has LIBLINEAR.
bool canFitBoundaries();

/// `normal` without its part in the span of `others`, unit length: moving along it keeps their scores (conditional
/// edit; with one other it is n1 - (n1 n2) n2). The others may depend on one another. All of the same shape. Throws
/// Error where nothing would be left.
Array withoutParts(const Array& normal, const std::vector<Array>& others);

/// How attributes hang together.
struct Entanglement {
  Array correlation;  ///< [K,K] Pearson's, of the scores over the samples; NaN for scores that are all equal
  Array cosine;       ///< [K,K] of the normals
};
/// `scores` holds N numbers for each attribute, `normals` a vector for each. Either may be empty: then so is its
/// matrix. Throws Error for different lengths.
Entanglement entanglement(const std::vector<std::vector<float>>& scores, const std::vector<Array>& normals);

}  // namespace unitscope
