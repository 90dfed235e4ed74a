#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/array.h"
#include "gan/attributes.h"
#include "gan/boundary.h"
#include "gan/direction.h"
#include "gan/generator.h"
#include "runtime/progress.h"

namespace unitscope {

/// What is projected out of a direction that is to leave an attribute alone.
enum class Conditioning {
  Normals,  ///< the normal of its boundary, as InterFaceGAN has it
  /// The way in which its score rises, by least squares over all samples. Leaves more of the score as it is where the
  /// latents' variance differs much between directions, as in w: a normal may then lie mostly where samples hardly
  /// vary.
  Scores
};

/// Which boundaries to train on a generator's own samples.
struct BoundaryQuestion {
  std::vector<PictureAttribute> attributes;
  AttributeModels models;
  std::int64_t samples = 2000;
  std::uint64_t firstSeed = 0;  ///< each further sample has the next seed
  std::string space;            ///< "z" or "w"; empty: w where the network has styles, else z
  double truncation = 1.0;      ///< of the samples
  Array classes;                ///< as SynthesisQuestion has it
  /// A softer margin than LinearSVC's own: in w the variance differs so much between directions that a hard one finds
  /// normals along which samples hardly vary, which separate as well and move little.
  BoundaryOptions fit{.cost = 0.005};
  /// Attributes that every direction (but their own) is to leave alone. Those that are not among `attributes` are
  /// scored and trained as well, but give no direction.
  std::vector<PictureAttribute> conditionOn;
  Conditioning conditioning = Conditioning::Normals;
  std::vector<std::int64_t> layers;  ///< rows of w+ that the directions are for; empty: all
};

/// One attribute's boundary.
struct AttributeBoundary {
  PictureAttribute attribute;
  Boundary boundary;          ///< the plane as it was trained, unconditional
  LatentDirection direction;  ///< for a slider: with the others projected out, range of three deviations
  double mean = 0.0;          ///< of the scores
  double deviation = 0.0;     ///< of the scores: what changes are measured by
  std::string failure;        ///< why there is no boundary (the attribute is the same in all samples, say); else empty
};

struct AttributeBoundaries {
  std::string space;
  std::vector<AttributeBoundary> boundaries;  ///< of `attributes`, in their order, then of further ones conditioned on
  std::size_t asked = 0;                      ///< how many of them are of `attributes`
  Array latents;                              ///< [N,D], the samples in `space`
  Array scores;                               ///< [N,K]
  /// [K,K] of all boundaries; NaN where one failed.
  Entanglement entanglement;
  double seconds = 0.0;

  /// Those that were found, of `attributes`, for a list or a file.
  std::vector<LatentDirection> directions() const;
};

/// Draws samples, scores all of them for all attributes at once, and trains a boundary for each (InterFaceGAN; Shen et
/// al. 2020). Where fewer samples than the share asked for have any of an attribute (a boat's area is zero in most),
/// only those count. Throws Error for attributes that are not known, none, too few or too many samples; Cancelled.
AttributeBoundaries attributeBoundaries(Generator& generator, const BoundaryQuestion& question,
                                        const Progress& progress = {}, const CancelToken& cancel = {});

/// The direction in which scores rise, by least squares over latents [N,...] with a little ridge: unit length, shape of
/// one latent as fitBoundary() has it. Throws Error where counts differ, numbers are not finite, or nothing rises.
Array scoreGradient(const Array& latents, const std::vector<float>& scores);

/// Samples that a person sorted into those that have something and those that do not.
struct HandLabelled {
  std::string name;
  std::vector<std::uint64_t> seeds;  ///< of the samples' z
  Array latents;                     ///< instead of seeds: z [N,D]
  std::vector<bool> positive;        ///< one for each
};

/// The boundary of hand labels. Of the question space, truncation, classes, fit and layers count. No sample is kept for
/// validation where there are fewer than 20 a side; the accuracy is NaN then. Throws Error with fewer than three of
/// either.
AttributeBoundary boundaryFromLabels(Generator& generator, const HandLabelled& labels, const BoundaryQuestion& question,
                                     const CancelToken& cancel = {});

}  // namespace unitscope
