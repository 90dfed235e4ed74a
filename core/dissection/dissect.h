#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "dissection/concepts.h"
#include "engine/model.h"

namespace unitscope {

/// Which units to compare with which concepts.
struct DissectQuestion {
  std::string data = "scenes";  ///< as openConcepts() takes it
  std::int64_t count = 2000;    ///< pictures
  std::uint64_t seed = 3;       ///< series of the scenes; 3 is kept out of all training
  /// Names as resolveLayer() takes them; empty for dissectableLayers().
  std::vector<std::string> layers;
  /// Share of a unit's activations that counts as firing: 0.01 (Bau et al. 2020) or 0.005 (2017).
  double topShare = 0.01;
  double iouThreshold = 0.04;  ///< from which a unit is called a detector
  bool colors = true;
  std::shared_ptr<Model> segmenter;  ///< labels the pixels instead of the data's own maps
};

struct ConceptMatch {
  std::int64_t conceptIndex = -1;  ///< index into Dissection::concepts
  double iou = 0.0;
};

struct UnitMatch {
  std::int64_t unit = 0;
  double iou = 0.0;
};

struct UnitConcepts {
  std::int64_t unit = 0;
  double threshold = 0.0;          ///< it fires where its activation is larger
  double fired = 0.0;              ///< share of the pixels where it fires, once enlarged to the maps' size
  bool dead = false;               ///< never fires: all its activations are the same
  std::vector<ConceptMatch> best;  ///< up to five, best first; without concepts that it never meets
  std::int64_t detects = -1;       ///< best concept if its IoU reaches the threshold, else -1
};

/// Detectors of one category of concepts.
struct CategoryCount {
  std::string category;
  std::int64_t detectors = 0;  ///< units
  std::int64_t unique = 0;     ///< concepts that have a unit
};

struct LayerDissection {
  std::string layer;
  std::int64_t height = 0, width = 0;  ///< of its maps; 1 x 1 where a unit has one number for the whole picture
  Array iou;                           ///< [units, concepts]
  std::vector<UnitConcepts> units;
  std::int64_t detectors = 0;                 ///< units that detect a concept
  std::int64_t unique = 0;                    ///< concepts that some unit detects
  std::vector<CategoryCount> categories;      ///< in the order in which the concepts name them
  std::vector<std::int64_t> unitsPerConcept;  ///< [concepts]
  /// How far the share of activations above a threshold may be from topShare, with 99 % confidence: 0 where all
  /// activations were looked at; else of a sample (Dvoretzky, Kiefer and Wolfowitz's bound with Massart's constant).
  double shareError = 0.0;
};

struct DissectedConcept {
  std::string name, category;
  double share = 0.0;         ///< of the pixels of all pictures
  std::int64_t pictures = 0;  ///< that show it
};

/// What the units of some layers have in common with concepts (Network Dissection, Bau et al. 2017, 2020).
struct Dissection {
  std::string model;  ///< title of its card
  std::string data;
  std::uint64_t seed = 0;
  std::int64_t pictures = 0;
  std::int64_t height = 0, width = 0;  ///< of the concept maps
  double topShare = 0.0, iouThreshold = 0.0;
  std::vector<DissectedConcept> concepts;
  std::vector<LayerDissection> layers;
  double seconds = 0.0;
};

/// Names of the layers that are dissected when none is named: those with a map for each unit, no plumbing, each value
/// once. In the order of evaluation.
std::vector<std::string> dissectableLayers(Model& model, const CancelToken& cancel = {});

/// Finds each unit's threshold in one pass over the pictures, and the IoU over all pictures of {enlarged activation >
/// threshold} with every concept in a second one. Enlarging is bilinear. Units of [N,C,h,w] have a map, those of
/// [N,T,C] one of the tokens where these form a square (a class token left out), and those of [N,C] one number a
/// picture. Throws Error for data without maps, unknown layers, and layers of other shapes; Cancelled.
Dissection dissect(Model& model, const DissectQuestion& question, const Progress& progress = {},
                   const CancelToken& cancel = {});

/// Counts detectors anew for another IoU threshold, from the matrices alone.
void setIouThreshold(Dissection& dissection, double iouThreshold);

/// Units of a layer (index into Dissection::layers) by falling IoU with a concept; `top` at most, those that never meet
/// it left out.
std::vector<UnitMatch> unitsForConcept(const Dissection& dissection, std::size_t layer, std::int64_t conceptIndex,
                                       std::size_t top);

/// How often layers detect each concept: of one dissection, or of several (models, data) side by side.
struct ConceptTable {
  struct Column {
    std::string model, layer;
    std::int64_t units = 0, detectors = 0, unique = 0;
  };
  struct Row {
    std::string name, category;
    std::vector<std::int64_t> detectors;  ///< units, a column each; 0 also where the dissection lacks the concept
    std::vector<double> bestIou;          ///< of any unit; NaN where the dissection lacks the concept
  };
  std::vector<Column> columns;
  std::vector<Row> rows;  ///< concepts are the same when name and category are
};
ConceptTable conceptTable(std::span<const Dissection* const> dissections);

}  // namespace unitscope
