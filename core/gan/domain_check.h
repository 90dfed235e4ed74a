#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/array.h"
#include "gan/generator.h"
#include "gan/inversion.h"
#include "runtime/progress.h"

namespace unitscope {

/// What to compare inverted pictures with.
struct DomainQuestion {
  /// How pictures will be inverted: residuals compare only between equal settings. Its picture does not count.
  InversionQuestion inversion;
  std::int64_t latents = 4096;  ///< drawn for the distribution of the latents
  std::int64_t samples = 24;    ///< generated pictures that are inverted, at least 8
  std::uint64_t seed = 0x646f;  ///< of the first; each further one has the next
  /// Pictures that are known to belong to the domain, such as some that the generator was not trained on; may be empty.
  /// A generator draws its own pictures better than any others, so with these the verdict is fairer.
  std::vector<Image> known;
};

/// One number of a picture among those of the pictures that it is compared with.
struct DomainMeasure {
  /// "distance of the latent", "pixels at the start", "pixels in the domain", "features in the domain"
  std::string name;
  double value = 0.0;
  double median = 0.0;      ///< of the reference
  double percentile = 0.0;  ///< share of the reference that is lower, 0..100
  /// How far above the reference's median, in its robust standard deviations, of logarithms.
  double excess = 0.0;
  bool counts = true;  ///< in the verdict
};

/// How a generator's latents lie, and how well it draws its own pictures again. Computed once for a generator and
/// settings; plain values, so that it can be kept.
struct DomainReference {
  /// Of the inversion, in words: a reference that was kept is of no use for others.
  std::string settings;
  LatentSpace space = LatentSpace::Z;
  std::int64_t latents = 0;
  Array mean;       ///< [D] of w; empty for z, which is normal by definition
  Array whitening;  ///< [D,D]: the length of whitening * (w - mean) is the Mahalanobis distance
  /// Of each reference picture, in the same order: distances of the latents that were found, and what of pixels and
  /// features was left while the code could not leave the domain (z, w, or w+ with one w for all layers).
  std::vector<double> distances, pixelResiduals, perceptualResiduals;
  /// What of the pixels the encoder's own code leaves; empty without an encoder.
  std::vector<double> startResiduals;
  std::int64_t generated = 0;  ///< that many were generated; the others are the known ones
  bool usesKnown = false;      ///< the verdict compares with the known ones alone
};

/// What DomainReference::settings would be for this question.
std::string domainSettings(const Generator& generator, const DomainQuestion& question);

/// Draws and inverts. Throws Error as invert() does, and for numbers out of range; Cancelled.
DomainReference domainReference(Generator& generator, const DomainQuestion& question, const Progress& progress = {},
                                const CancelToken& cancel = {});

enum class DomainVerdict { Inside, Edge, Outside };
/// "in the domain", "at its edge", "outside".
std::string nameOf(DomainVerdict verdict);

struct DomainFinding {
  DomainVerdict verdict = DomainVerdict::Inside;
  double score = 0.0;       ///< largest excess of the measures that count
  double percentile = 0.0;  ///< share of the reference with a lower score, 0..100
  std::vector<DomainMeasure> measures;
  std::string reason;  ///< in a sentence
};

/// Where an inverted picture stands. Throws Error where reference and answer are of different spaces or sizes.
DomainFinding checkDomain(const DomainReference& reference, const InversionAnswer& answer);

/// Distance of one latent from the distribution of the reference: the root of the mean over its numbers (and over the
/// layers of w+) of the squared Mahalanobis distance, so that drawn latents are near 1. Throws Error as above.
double latentDistance(const DomainReference& reference, const Array& latents, LatentSpace space);

/// Area under the ROC curve: the probability that a number of `outside` is higher than one of `inside` (ties count
/// half). NaN where either is empty.
double aucOf(const std::vector<double>& inside, const std::vector<double>& outside);

}  // namespace unitscope
