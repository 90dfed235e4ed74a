#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "dissection/concepts.h"
#include "engine/model.h"

namespace unitscope {

/// For which concepts to learn a vector over the units of a layer.
struct Net2VecQuestion {
  std::string data = "scenes";  ///< as openConcepts() takes it
  std::int64_t count = 2000;
  std::uint64_t seed = 3;
  std::string layer;                  ///< must be named
  std::vector<std::string> concepts;  ///< names; empty for all that enough pictures show
  double topShare = 0.005;            ///< of a unit's activations that counts as firing (Fong & Vedaldi 2018)
  int epochs = 30;
  double rate = 1e-4;       ///< of SGD with momentum 0.9, for a loss that is summed over 112 x 112 pixels a picture
  std::int64_t batch = 64;  ///< pictures' worth of places a step
  double validationShare = 0.3;                                       ///< of the pictures, not learned from
  std::vector<std::int64_t> sizes{1, 2, 3, 5, 10, 20, 50, 100, 200};  ///< of the subsets of units; all are always tried
  bool colors = true;
  std::shared_ptr<Model> segmenter;
};

/// IoU with so many units.
struct SubsetIou {
  std::int64_t units = 0;
  double train = 0.0, validation = 0.0;
};

struct ConceptVector {
  std::string name, category;
  double share = 0.0;          ///< of the pixels
  std::int64_t pictures = 0;   ///< that show it
  std::vector<float> weights;  ///< [units]
  double bias = 0.0;
  double cut = 0.5;  ///< probability from which a pixel counts as the concept: the best on the training pictures
  double trainIou = 0.0, validationIou = 0.0;        ///< of all units together
  std::int64_t bestUnit = -1;                        ///< that agrees best alone, on the training pictures
  double bestUnitTrainIou = 0.0, bestUnitIou = 0.0;  ///< of it; the second on the validation pictures
  /// The best k units, learned anew: the best single one, then by the size of their weights; ends with all units.
  std::vector<SubsetIou> curve;
};

/// A unit that speaks for several concepts.
struct SharedUnit {
  std::int64_t unit = 0;
  std::vector<std::int64_t> concepts;  ///< that have it among their ten strongest, with a positive weight
};

/// Vectors of concepts over a layer's units (Net2Vec, Fong & Vedaldi 2018).
struct Net2Vec {
  std::string model, data, layer;
  std::uint64_t seed = 0;
  std::int64_t pictures = 0, validationPictures = 0;
  double topShare = 0.0;
  std::int64_t units = 0;
  std::vector<float> thresholds;  ///< [units]
  std::vector<ConceptVector> concepts;
  Array cosine;   ///< [K,K] similarity of the vectors
  Array sharing;  ///< [units,K] weights of each concept's ten strongest units, over its strongest; else 0
  std::vector<SharedUnit> shared;  ///< units with at least two concepts, most first
  double seconds = 0.0;
};

/// Learns one vector a concept: mask = sigmoid(sum of w_u [activation of u > t_u] + bias), enlarged bilinearly (before
/// the sigmoid), by per-place cross-entropy in which the pixels with and without the concept weigh the same in all.
/// Departures from the paper: the loss is taken at the layer's resolution, against the share of each place that shows
/// the concept; all pictures are used for every concept; there is a bias; pixels are cut at the best probability on the
/// training pictures instead of 0.5. Places are sampled where there are more than 300,000. Throws Error as dissect()
/// does, for concepts that do not exist and when no picture shows any; Cancelled.
Net2Vec learnConceptVectors(Model& model, const Net2VecQuestion& question, const Progress& progress = {},
                            const CancelToken& cancel = {});

/// A concept in a sum.
struct ConceptTerm {
  std::int64_t conceptIndex = 0;  ///< into Net2Vec::concepts
  double factor = 1.0;            ///< -1 takes it off
};
struct ConceptNeighbour {
  std::int64_t conceptIndex = 0;
  double cosine = 0.0;
};
/// Concepts whose vectors are most like the sum of the terms' unit vectors, best first; the terms themselves left out.
/// Throws Error for a concept that does not exist and for no terms.
std::vector<ConceptNeighbour> nearestConcepts(const Net2Vec& vectors, std::span<const ConceptTerm> terms,
                                              std::size_t top = 5);

/// Where the picture shows the concept: probabilities [H,W] in the size of the network's input (one that the network
/// takes, [1,C,H,W] or [1,H,W,C]); over ConceptVector::cut it is said to. Throws Error when the layer does not fit.
Array predictMask(Model& model, const Array& input, const Net2Vec& vectors, std::int64_t conceptIndex,
                  const CancelToken& cancel = {});

}  // namespace unitscope
