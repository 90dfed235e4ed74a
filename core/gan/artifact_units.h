#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/array.h"
#include "gan/generator.h"
#include "runtime/progress.h"

namespace unitscope {

/// Which samples, or which parts of them, a person found bad.
struct ArtifactQuestion {
  SynthesisQuestion samples;      ///< all that the person looked at, good and bad; its edits stay in force
  std::vector<std::int64_t> bad;  ///< rows that are bad as a whole
  struct Region {
    std::int64_t row = 0;
    Array mask;  ///< [h,w] of the picture in any resolution: 1 where it is bad
  };
  std::vector<Region> regions;  ///< parts that are bad; a row may have several
  std::string layer;            ///< as resolveLayer() takes it
};

struct ArtifactUnit {
  std::int64_t unit = 0;
  double there = 0.0, elsewhere = 0.0;  ///< mean activation
  double score = 0.0;                   ///< (there - elsewhere) / standard deviation; 0 for constant units
};

/// Units of a layer by falling score: those that are active where pictures are bad (Bau et al. 2019, section 4.2). The
/// marked places are compared with all other places of all samples. Throws Error where nothing is marked, everything
/// is, a row does not exist, or the layer has no units; Cancelled.
std::vector<ArtifactUnit> rankArtifactUnits(Generator& generator, const ArtifactQuestion& question,
                                            const Progress& progress = {}, const CancelToken& cancel = {});

/// How to measure whether pictures became better.
struct RepairQuestion {
  std::vector<UnitEdit> edits;  ///< the repair: units switched off
  std::int64_t samples = 1000;  ///< generated pictures
  std::uint64_t firstSeed = 300'000;
  double truncation = 1.0;
  Array classes;                     ///< as SynthesisQuestion has them
  std::string reference = "scenes";  ///< as openPictures() takes it
  std::int64_t referenceCount = 1000;
  std::uint64_t referenceSeed = 3;  ///< of scenes
  /// Network whose features are compared; null for the embedded scene-classifier.
  std::shared_ptr<Model> lens;
  std::string features;  ///< layer of it; empty: what goes into its last weights
};

/// Fréchet distances (Heusel et al. 2017) of generated pictures to the reference; less is better.
struct RepairEffect {
  double before = 0.0, after = 0.0;
  /// Between two halves of the reference: what no generator comes below at that size.
  double reference = 0.0;
  std::int64_t samples = 0, referenceCount = 0;
  double seconds = 0.0;
};

/// Throws Error for references that cannot be read or have fewer than 4 pictures; Cancelled.
RepairEffect measureRepair(Generator& generator, const RepairQuestion& question, const Progress& progress = {},
                           const CancelToken& cancel = {});

/// `count` best units of the ranking, switched off.
UnitEdit ablationOf(const std::string& layer, const std::vector<ArtifactUnit>& ranked, std::int64_t count);

}  // namespace unitscope
