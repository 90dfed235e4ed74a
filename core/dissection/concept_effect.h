#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dissection/dissect.h"
#include "engine/model.h"

namespace unitscope {

/// Which units to switch off, and on which pictures to see what that does.
struct ConceptEffectQuestion {
  std::string data = "scenes";  ///< as openPictures() takes it, with labels
  std::int64_t count = 500;
  std::uint64_t seed = 4;             ///< of the scenes: others than those dissected
  std::string layer;                  ///< one of the dissection's; empty for its last
  std::int64_t units = 8;             ///< switched off for each concept: those with the highest IoU
  std::vector<std::string> concepts;  ///< names; empty for those that are classes of the network
};

/// What the network loses without the units of one concept.
struct ConceptEffect {
  std::string name, category;
  std::int64_t conceptIndex = -1;  ///< into Dissection::concepts
  std::int64_t classIndex = -1;    ///< of the network, by name; -1 for none
  std::vector<UnitMatch> units;    ///< switched off
  std::vector<double> scoreDrop;   ///< of each class, mean over pictures that show the class
  std::vector<double> probabilityDrop;
  std::vector<double> precisionDrop;  ///< of the average precision
  /// Drop of its own class's score when as many units of the layer are switched off at random, mean of five draws; NaN
  /// without a class of its own. What the concept's units do must be more than that.
  double randomScoreDrop = 0.0;
  std::int64_t mostHurt = -1;  ///< class whose score drops most
  std::int64_t rank = 0;       ///< of its own class by that drop: 1 is most; 0 without one
};

struct ConceptEffects {
  std::string layer;
  std::int64_t pictures = 0;
  std::vector<std::string> labels;       ///< of the classes
  std::vector<double> averagePrecision;  ///< of each class with all units on, NaN without pictures
  std::vector<ConceptEffect> concepts;
  std::int64_t named = 0;  ///< concepts with a class of their own
  std::int64_t own = 0;    ///< of these: those that hurt their own class most
  double seconds = 0.0;
};

/// Switches off (sets to zero) the units of a layer that agree best with a concept, for one concept after another, and
/// measures what each class loses. Throws Error for data without labels, and for layers and concepts that the
/// dissection lacks; Cancelled.
ConceptEffects conceptEffects(Model& model, const Dissection& dissection, const ConceptEffectQuestion& question,
                              const Progress& progress = {}, const CancelToken& cancel = {});

}  // namespace unitscope
