#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/model.h"

namespace unitscope {

/// A number that says how good a heatmap is, as windows and command line show it.
struct MetricInfo {
  std::string id;           ///< "deletion"
  std::string title;        ///< "Deletion"
  std::string description;  ///< what it does and how to read it
  std::string citation;     ///< "Petsiuk et al. 2018"
  std::string measure;      ///< what its number is: "auc", "hit"
  bool higherIsBetter = true;
  bool needsMask = false;    ///< asks where the object is
  bool needsMethod = false;  ///< asks for the method that made the map, since it makes others with it
};

/// The metrics of this build, in the order in which they are shown.
std::vector<MetricInfo> judgeMetrics();

/// A map and what is to be found out about it.
struct JudgeQuestion {
  /// What the map answers: input, target and the other kinds of score. The method may stay empty unless a metric needs
  /// it or there is no map.
  AttributionQuestion asked;
  Array map;   ///< [1,C,h,w], [C,h,w] or [h,w], of any resolution; empty: what the method gives
  Array mask;  ///< [H,W] in the input's geometry, above 0.5 where the object is; empty where nobody knows
  /// Ids; empty for deletion and insertion, and with a mask for those that need one.
  std::vector<std::string> metrics;
  bool absolute = false;   ///< judges the largest magnitude over the channels instead of their sum
  std::int64_t step = 0;   ///< pixels from one point of a curve to the next; 0 for the picture's width
  std::uint64_t seed = 0;  ///< of what is drawn
};

/// One step of a sanity check.
struct SanityStage {
  std::string layer;             ///< whose weights were drawn anew in this step
  double similarity = 0.0;       ///< structural similarity (SSIM) to the map of the true weights
  double rankCorrelation = 0.0;  ///< Spearman's, to the same
  Array map;                     ///< [h,w], absolute, in the method's own resolution
};

struct MetricResult {
  std::string metric;         ///< id
  double value = 0.0;         ///< what MetricInfo::measure names; NaN where it is undefined
  std::vector<double> x;      ///< axis of the curve, where there is one
  std::vector<double> curve;  ///< as long as x
  std::vector<std::pair<std::string, double>> details;
  std::vector<SanityStage> stages;  ///< of the sanity checks, from the output to the input
  double seconds = 0.0;
};

/// Judges a map on the network that it explains. Throws Error for unknown metrics, for maps and masks of impossible
/// shapes, and for metrics that lack the mask or the method that they need; Cancelled. Weights that were changed on the
/// way are put back in every case.
std::vector<MetricResult> judge(Model& model, const JudgeQuestion& question, const Progress& progress = {},
                                const CancelToken& cancel = {});

}  // namespace unitscope
