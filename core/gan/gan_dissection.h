#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dissection/dissect.h"
#include "engine/array.h"
#include "gan/generator.h"
#include "runtime/progress.h"

namespace unitscope {

/// Which units of a generator to compare with which concepts.
struct GanDissectQuestion {
  /// Names as resolveLayer() takes them; empty for generatorLayers().
  std::vector<std::string> layers;
  std::int64_t samples = 1000;
  std::uint64_t firstSeed = 0;  ///< samples have the seeds firstSeed, firstSeed + 1...
  double truncation = 1.0;
  Array classes;  ///< as SynthesisQuestion has them: empty, one row for all, or a row a sample
  /// Says what the pixels of the samples show; null for the embedded scene-segmenter.
  std::shared_ptr<Model> segmenter;
  bool colors = true;          ///< eleven basic colours are concepts too
  double iouThreshold = 0.04;  ///< from which a unit is called a detector
};

/// What GAN Dissection knows of a layer besides its IoU; all [units, concepts], in the order of the dissection.
struct GanLayerTables {
  Array thresholds;  ///< the unit fires for this concept where its activation is larger
  Array ratio;       ///< information quality ratio I/H of firing and concept at that threshold, 0..1
  /// What to hold the unit at where the concept is to be drawn: mean of the top tenth of its activations on the
  /// concept's pixels. 0 where no pixel shows the concept.
  Array high;
};

/// Units that act on a concept together, as causalEffects() or optimiseUnits() found them.
struct ConceptUnits {
  std::string conceptName;  ///< as DissectedConcept has it
  std::string layer;
  std::vector<std::int64_t> units;  ///< strongest first
  std::string source;               ///< "iou", "ratio" or "optimised"
  double removed = 0.0;             ///< share of the concept's pixels that goes when they are off
  double others = 0.0;              ///< mean of |relative change| of the other concepts' pixels
};

/// What the units of a generator draw (GAN Dissection, Bau et al. 2019).
struct GanDissection {
  /// Concepts, IoU, labels, detectors: as of any network, so that unitsForConcept() and conceptTable() apply; labels
  /// are by labelUnits(). `pictures` are the samples, `seed` the first one's, `topShare` is 0: a unit's `threshold` is
  /// the one for its first concept.
  Dissection found;
  std::vector<GanLayerTables> tables;  ///< of found.layers
  std::string segmenter;               ///< title of its card
  std::string fingerprint;             ///< of the generator: modelFingerprint()
  double truncation = 1.0;
  std::vector<ConceptUnits> sets;  ///< what causal measurements proposed, if any; the caller keeps them here
};

/// Layers of a generator whose units are worth dissecting, in the order of evaluation: what comes out of each
/// nonlinearity as maps that follow from the latent, with more units than the picture has channels and at most 256 x
/// 256 places. Where there is no such layer, all modules with maps.
std::vector<std::string> generatorLayers(Generator& generator, const CancelToken& cancel = {});

/// Draws samples, has the segmenter name their pixels, and compares each unit's activation, enlarged bilinearly to the
/// concept maps, with every concept: the threshold of a unit for a concept is the one at which firing tells most about
/// the concept, measured by the information quality ratio I/H (of 127 thresholds, quantiles of the first samples), and
/// the IoU is the one at that threshold. One pass over the samples for all layers. Throws Error for unknown layers,
/// layers without maps, networks that are no segmenters; Cancelled.
GanDissection dissectGenerator(Generator& generator, const GanDissectQuestion& question, const Progress& progress = {},
                               const CancelToken& cancel = {});

/// Labels units and counts detectors anew for another IoU threshold. A unit's `best` concepts are those about which its
/// firing tells most (ratio), and it detects the first of them if its IoU reaches the threshold: by IoU alone nearly
/// all would be detectors of what covers a third of the pictures.
void labelUnits(GanDissection& dissection, double iouThreshold);

enum class UnitRanking { Iou, Ratio };
/// Units of a layer that have to do with a concept, best first.
std::vector<std::int64_t> rankUnits(const GanDissection& dissection, std::size_t layer, std::int64_t conceptIndex,
                                    UnitRanking ranking);

/// Whether the dissection is of this network; asks for its fingerprint, so keep the answer.
bool dissectionFits(const GanDissection& dissection, const Generator& generator);

/// Index into found.concepts, and into found.layers. Throws Error saying which there are.
std::int64_t conceptIndexOf(const GanDissection& dissection, const std::string& name);
std::size_t layerIndexOf(const GanDissection& dissection, const std::string& layer);
/// Where to switch a concept: the layer of its best stored set, where there is one. Else, of layers with at most a
/// quarter of the picture's height, the one that has the unit whose firing tells most: units of finer layers agree
/// better with a concept's pixels, and do less, since they colour what is decided by then.
std::size_t bestLayerFor(const GanDissection& dissection, std::int64_t conceptIndex);

/// Units of a concept in a layer: those of a stored set where there is one and `count` is 0; else by falling IoU,
/// `count` of them, or (0) its detectors there, 4 at least and 20 at most.
std::vector<std::int64_t> unitsOfConcept(const GanDissection& dissection, std::size_t layer, std::int64_t conceptIndex,
                                         std::int64_t count = 0);

/// The units of a concept times `factor`; 0 switches the concept off. `where` as in UnitEdit.
std::vector<UnitEdit> scaleConcept(const GanDissection& dissection, std::size_t layer, std::int64_t conceptIndex,
                                   double factor, std::int64_t count = 0, const Array& where = {});
/// The units of a concept held at `strength` times their high values, to draw it (GANPaint): an edit a unit.
std::vector<UnitEdit> insertConcept(const GanDissection& dissection, std::size_t layer, std::int64_t conceptIndex,
                                    const Array& where, double strength = 1.0, std::int64_t count = 0);

/// Everything as JSON. Throws Error(origin, reason) for text that is none, and for sizes that disagree.
std::string ganDissectionJson(const GanDissection& dissection);
GanDissection ganDissectionFromJson(std::string_view json, const std::string& origin);
/// Written atomically. Throws Error naming the file; files over 512 MiB are refused.
void saveGanDissection(const GanDissection& dissection, const std::filesystem::path& file);
GanDissection loadGanDissection(const std::filesystem::path& file);

}  // namespace unitscope
