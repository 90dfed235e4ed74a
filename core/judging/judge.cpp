#include "judging/judge.h"

#include <algorithm>
#include <chrono>

#include "engine/devices.h"
#include "engine/model_internal.h"
#include "judging/map_plane.h"
#include "judging/metric.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

std::vector<Metric> chosenMetrics(const JudgeQuestion& question) {
  const bool mask = !question.mask.values.empty();
  std::vector<Metric> all = allMetrics(), chosen;
  if (question.metrics.empty()) {
    for (Metric& metric : all)
      if (metric.info.id == "deletion" || metric.info.id == "insertion" || (mask && metric.info.needsMask))
        chosen.push_back(std::move(metric));
    return chosen;
  }
  for (const std::string& id : question.metrics) {
    const auto found = std::ranges::find_if(all, [&](const Metric& metric) { return metric.info.id == id; });
    if (found == all.end()) {
      std::string ids;
      for (const Metric& metric : all) ids += (ids.empty() ? "" : ", ") + metric.info.id;
      throw Error("metric " + id, "there is no such metric; there are " + ids);
    }
    if (found->info.needsMask && !mask) throw Error("metric " + id, "needs a mask that shows where the object is");
    if (found->info.needsMethod && question.asked.method.empty())
      throw Error("metric " + id, "needs the method that made the map");
    chosen.push_back(*found);
  }
  return chosen;
}

at::Tensor maskPlane(const Array& mask, std::int64_t height, std::int64_t width) {
  if (mask.values.empty()) return {};
  at::Tensor m = viewOf(mask);
  while (m.dim() > 2 && m.size(0) == 1) m = m[0];
  if (m.dim() != 2 || m.numel() == 0)
    throw Error("mask", "has the shape " + toString(mask.shape) + " where [H,W] is needed");
  if (m.size(0) != height || m.size(1) != width)
    m = at::upsample_nearest2d(m.unsqueeze(0).unsqueeze(0), {height, width})[0][0];
  return m.gt(0.5).contiguous();
}

}  // namespace

std::vector<Metric> allMetrics() {
  std::vector<Metric> metrics;
  for (const auto make :
       {deletionMetric, insertionMetric, roadMetric, pointingMetric, energyMetric, bestIouMetric, fixedIouMetric,
        sensitivityNMetric, infidelityMetric, maxSensitivityMetric, sanityCascadeMetric, sanityIndependentMetric})
    metrics.push_back(make());
  return metrics;
}

std::vector<MetricInfo> judgeMetrics() {
  std::vector<MetricInfo> infos;
  for (const Metric& metric : allMetrics()) infos.push_back(metric.info);
  return infos;
}

std::vector<MetricResult> judge(Model& model, const JudgeQuestion& question, const Progress& progress,
                                const CancelToken& cancel) {
  const std::vector<Metric> metrics = chosenMetrics(question);
  Model::Internal& internal = model.internal();
  prepareComputeThread(internal.settings);
  AttributionQuestion asked = question.asked;
  if (question.map.values.empty() && asked.method.empty())
    throw Error("map", "there is neither a map nor a method that could make one");
  // Any method will do to find the score that the map explains.
  if (asked.method.empty()) asked.method = "gradient";
  const AttributionMethod& method = internal.methods.find(asked.method);
  const AttributionQuery query = internal.queryFor(asked, cancel);
  const ScoreFunction score(query, query.input, cancel);
  score.requirePicture("judging");
  if (score.image().size(0) != 1) throw Error("judging", "takes one picture at a time");

  const double share = question.map.values.empty() ? 0.3 : 0.0;
  const at::Tensor map = question.map.values.empty() ? method.run(query, progress.part(0.0, share), cancel).map
                                                     : viewOf(question.map).clone();
  Judged judged{score};
  judged.plane = mapPlane(map, score.image().size(2), score.image().size(3), question.absolute);
  judged.mask = maskPlane(question.mask, judged.height(), judged.width());
  judged.method = &method;
  judged.layers = &internal.layers;
  judged.absolute = question.absolute;
  judged.step = question.step;
  judged.seed = question.seed;

  std::vector<MetricResult> results;
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    const auto start = std::chrono::steady_clock::now();
    const auto at = [&](std::size_t k) {
      return share + (1.0 - share) * static_cast<double>(k) / static_cast<double>(metrics.size());
    };
    cancel.check();
    MetricResult result = metrics[i].measure(judged, progress.part(at(i), at(i + 1)), cancel);
    result.metric = metrics[i].info.id;
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    results.push_back(std::move(result));
  }
  return results;
}

}  // namespace unitscope
