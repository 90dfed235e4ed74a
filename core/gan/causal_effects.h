#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "dissection/concepts.h"
#include "engine/array.h"
#include "gan/gan_dissection.h"
#include "gan/generator.h"
#include "runtime/progress.h"

namespace unitscope {

/// What to switch in a generator, and on how many samples to see what that does.
struct CausalQuestion {
  enum class Kind {
    Ablate,  ///< the units are set to 0 everywhere
    Insert,  ///< the units are held at their high values in a part of the picture
  };
  std::string layer;                  ///< one of the dissection's; empty: bestLayerFor() each concept
  std::vector<std::string> concepts;  ///< names; empty for those that cover at least 0.2 % of the samples, no colours
  std::int64_t samples = 200;
  std::uint64_t firstSeed = 100'000;  ///< others than those dissected
  double truncation = 1.0;
  Array classes;           ///< as SynthesisQuestion has them
  std::int64_t units = 0;  ///< switched for each concept; 0: chosen by curve
  Kind kind = Kind::Ablate;
  UnitRanking ranking = UnitRanking::Iou;
  /// Where to insert: top, left, bottom, right as shares of the picture.
  double region[4] = {0.25, 0.25, 0.75, 0.75};
  /// For each concept the units in this order instead of by the ranking (as optimiseUnits() ranks them); empty, or as
  /// many as concepts.
  std::vector<std::vector<std::int64_t>> ranked;
  std::shared_ptr<Model> segmenter;  ///< null for the embedded scene-segmenter
};

/// How the pixels of one concept changed over the samples. Interval: 95 %, bootstrap over samples.
struct ConceptChange {
  double before = 0.0, after = 0.0;  ///< share of all pixels
  double absolute = 0.0;             ///< after - before
  double absoluteLow = 0.0, absoluteHigh = 0.0;
  double relative = 0.0;  ///< absolute / before; NaN where no sample shows it
  double relativeLow = 0.0, relativeHigh = 0.0;
};

/// With the n best units switched.
struct CausalPoint {
  std::int64_t units = 0;
  double own = 0.0;     ///< relative change of the concept: -0.8 where four fifths of it go
  double others = 0.0;  ///< mean of |relative change| of the other concepts that cover at least 0.1 % of the samples
  /// Pixels of the others that changed, per pixel of theirs: sum of |absolute| over sum of `before`.
  double othersArea = 0.0;
};

/// What the units of one concept do.
struct CausalEffect {
  std::string conceptName;
  std::string layer;
  std::vector<std::int64_t> units;     ///< those switched, best first
  std::vector<CausalPoint> curve;      ///< n = 1, 2, 4, 8, 16, 32, up to half of the layer's units
  CausalPoint chosen;                  ///< point of the curve that the numbers below belong to
  std::vector<ConceptChange> changes;  ///< of CausalEffects::concepts
  ConceptChange own;                   ///< the concept's entry in changes
  std::int64_t samplesWith = 0;        ///< samples that show it before
};

struct CausalEffects {
  CausalQuestion::Kind kind = CausalQuestion::Kind::Ablate;
  std::vector<Concept> concepts;  ///< of the segmenter, without colours
  std::vector<CausalEffect> effects;
  std::int64_t samples = 0;
  double seconds = 0.0;
};

/// Switches the units that agree best with a concept, for one concept after another, and counts what the segmenter
/// then sees (GAN Dissection's average causal effect, Bau et al. 2019). n is the number of units at which the own
/// change exceeds the others' most (the smallest that comes within a twentieth of the best). Throws Error for layers
/// and concepts that the dissection lacks; Cancelled.
CausalEffects causalEffects(Generator& generator, const GanDissection& dissection, const CausalQuestion& question,
                            const Progress& progress = {}, const CancelToken& cancel = {});

/// How to look for the units that act on a concept together.
struct OptimiseQuestion {
  std::string layer;        ///< as resolveLayer() takes it
  std::string conceptName;  ///< a class of the segmenter
  std::int64_t samples = 128;
  std::uint64_t firstSeed = 200'000;
  double truncation = 1.0;
  Array classes;
  std::int64_t steps = 100;
  std::int64_t batch = 8;
  double rate = 0.5;        ///< of SGD with momentum 0.9
  double l2 = 0.01;         ///< weight of the sum of the squared alphas
  double keepOthers = 0.5;  ///< weight of what changes in pixels without the concept; 0: as published
  /// Where the search begins, [units] in 0..1; empty: 0.5 everywhere.
  std::vector<double> start;
  std::shared_ptr<Model> segmenter;  ///< null for the embedded scene-segmenter
};

/// How far each unit of a layer must be off for a concept to vanish.
struct OptimisedUnits {
  std::string layer, conceptName;
  std::vector<double> alphas;        ///< [units], 0 on to 1 off
  std::vector<std::int64_t> ranked;  ///< units by falling alpha
  std::vector<double> losses;        ///< a step each
  double seconds = 0.0;
};

/// Continuous alphas (Bau et al. 2019, section 3.2): each unit is multiplied by 1 - alpha; SGD through generator and
/// segmenter lowers the probability of the concept where it was, plus an L2 term that keeps alphas small, plus what
/// changes elsewhere. Throws Error for concepts that the segmenter does not know or no sample shows; Cancelled.
OptimisedUnits optimiseUnits(Generator& generator, const OptimiseQuestion& question, const Progress& progress = {},
                             const CancelToken& cancel = {});

/// The measured set as a dissection keeps it (GanDissection::sets).
ConceptUnits conceptUnitsOf(const CausalEffect& effect, const std::string& source);
/// Puts a set in place of the one for the same concept and layer.
void keepSet(GanDissection& dissection, ConceptUnits set);

}  // namespace unitscope
