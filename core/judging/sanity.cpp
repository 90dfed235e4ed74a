#include <cmath>
#include <limits>

#include "engine/model_internal.h"
#include "judging/map_plane.h"
#include "judging/metric.h"
#include "judging/random_weights.h"
#include "judging/similarity.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

MetricResult sanity(const Judged& judged, bool cascade, const Progress& progress, const CancelToken& cancel) {
  AttributionQuery query = judged.score.query();
  query.preview = {};
  Executor& executor = query.executor;
  const std::vector<WeightGroup> groups = weightGroups(executor.graph(), *judged.layers, query.output);
  if (groups.empty()) throw Error("sanity check", "the network has no weights that could be drawn anew");
  const auto mapNow = [&] { return collapsedMap(judged.method->run(query, {}, cancel).map, judged.absolute).abs(); };
  const at::Tensor whole = mapNow();

  MetricResult result;
  double sum = 0.0, alike = 0.0;
  int known = 0;
  RandomWeights weights(executor, judged.seed);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    cancel.check();
    progress.report(static_cast<double>(i) / static_cast<double>(groups.size()), "Random weights: " + groups[i].layer);
    if (!cascade) weights.restore();
    weights.draw(groups[i]);
    const at::Tensor map = mapNow();
    const double rank = rankCorrelation(whole, map);
    SanityStage stage{groups[i].layer, structuralSimilarity(whole, map), rank, toArray(map)};
    result.x.push_back(static_cast<double>(i + 1));
    result.curve.push_back(rank);
    alike += stage.similarity;
    result.stages.push_back(std::move(stage));
    if (std::isnan(rank)) continue;
    sum += rank;
    ++known;
  }
  weights.restore();
  result.value = known > 0 ? sum / known : std::numeric_limits<double>::quiet_NaN();
  result.details = {{"ssim", alike / static_cast<double>(groups.size())},
                    {"last_rank_correlation", result.stages.back().rankCorrelation},
                    {"last_ssim", result.stages.back().similarity}};
  return result;
}

MetricInfo sanityInfo(const char* id, const char* title, const char* description) {
  MetricInfo info{id, title, description, "Adebayo et al. 2018, arXiv:1810.03292", "rank_correlation"};
  info.higherIsBetter = false;
  info.needsMethod = true;
  return info;
}

}  // namespace

Metric sanityCascadeMetric() {
  return {sanityInfo("sanity_cascade", "Sanity check, cascading",
                     "Draws the weights anew layer by layer, from the output to the input, and compares each map with "
                     "that of the trained network. A map that stays alike does not show what the network learned."),
          [](const Judged& judged, const Progress& progress, const CancelToken& cancel) {
            return sanity(judged, true, progress, cancel);
          }};
}

Metric sanityIndependentMetric() {
  return {sanityInfo("sanity_independent", "Sanity check, one layer at a time",
                     "Draws the weights of one layer anew at a time, all others as trained, and compares the maps. "
                     "Shows of which layers the map takes notice."),
          [](const Judged& judged, const Progress& progress, const CancelToken& cancel) {
            return sanity(judged, false, progress, cancel);
          }};
}

}  // namespace unitscope
