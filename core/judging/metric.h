#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include <ATen/ATen.h>

#include "attribution/score.h"
#include "judging/judge.h"

namespace unitscope {

/// What a metric looks at.
struct Judged {
  const ScoreFunction& score;
  at::Tensor plane;  ///< [H,W] double on the CPU: the map in the picture's resolution, one number a pixel
  at::Tensor mask;   ///< [H,W] bool on the CPU, undefined where there is none
  const AttributionMethod* method = nullptr;
  const std::vector<Layer>* layers = nullptr;  ///< to name the layers of a sanity check
  bool absolute = false;
  std::int64_t step = 0;  ///< pixels; 0 for the picture's width
  std::uint64_t seed = 0;

  std::int64_t height() const { return plane.size(0); }
  std::int64_t width() const { return plane.size(1); }
};

struct Metric {
  MetricInfo info;
  /// Fills in all of the result but its id and time.
  std::function<MetricResult(const Judged&, const Progress&, const CancelToken&)> measure;
};

Metric deletionMetric();
Metric insertionMetric();
Metric roadMetric();
Metric pointingMetric();
Metric energyMetric();
Metric bestIouMetric();
Metric fixedIouMetric();
Metric sensitivityNMetric();
Metric infidelityMetric();
Metric maxSensitivityMetric();
Metric sanityCascadeMetric();
Metric sanityIndependentMetric();

/// In the order in which they are shown.
std::vector<Metric> allMetrics();

}  // namespace unitscope
