#include <chrono>
#include <utility>

#include <ATen/ATen.h>

#include "attribution/cam_layer.h"
#include "attribution/score.h"
#include "engine/devices.h"
#include "engine/model.h"
#include "engine/model_internal.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

/// A copy of [h,w] numbers, undefined for none.
at::Tensor planeFrom(const Array& array, const char* what, at::ScalarType type) {
  if (array.values.empty()) return {};
  if (array.shape.size() != 2) throw Error(what, "must have two axes, not the shape " + toString(array.shape));
  return viewOf(array).to(type, /*non_blocking=*/false, /*copy=*/true);
}

AttributionAnswer answerFrom(const Attribution& attribution, std::int64_t target, const std::string& layer) {
  AttributionAnswer answer;
  answer.map = toArray(attribution.map);
  answer.target = target;
  answer.layer = layer;
  answer.channelScores = attribution.channelScores;
  answer.notes = attribution.notes;
  for (const AttributionCurve& curve : attribution.curves)
    answer.curves.push_back({curve.title, curve.xTitle, curve.yTitle, curve.x, curve.y, curve.level, curve.levelTitle});
  for (const AttributionPicture& picture : attribution.pictures)
    answer.pictures.push_back({picture.title, toArray(picture.picture)});
  return answer;
}

}  // namespace

AttributionQuery Model::Internal::queryFor(const AttributionQuestion& question, const CancelToken& cancel) {
  const AttributionMethod& method = methods.find(question.method);
  // The method keeps what it needs of the input, which must not change under it.
  const at::Tensor input = viewOf(question.input).clone();
  const ValueId output = question.unitLayer.empty() ? outputValue() : resolveLayer(*graph, layers, question.unitLayer);
  AttributionQuery query{
      executor, input, inputValue(), output, question.target, kNoValue, question.parameters.completed(method.info())};
  describeTo(query);
  query.against = question.against;
  query.region = planeFrom(question.region, "region", at::kFloat);
  query.segments = planeFrom(question.segments, "segments", at::kLong);
  const auto outputFor = [&](const at::Tensor& picture) {
    RunRequest request;
    request.feeds = feedsFor(picture);
    request.fetch = {output};
    request.cancel = cancel;
    return scoreRows(executor.run(request).front().to(at::kFloat));
  };
  if (!question.resemble.values.empty()) {
    query.resemble = outputFor(viewOf(question.resemble))[0];
    query.target = 0;
  } else if (query.target < 0) {
    // The first choice within the region, where there is one.
    const ScoreFunction score(query, input.narrow(0, 0, 1), cancel);
    query.target = score.rows(score.image())[0].argmax().item<std::int64_t>();
  }
  if (method.info().usesLayer)
    query.layer = question.layer.empty() ? defaultCamLayer(*graph, shapesFor(input), query.inputValue, query.output)
                                         : resolveLayer(*graph, layers, question.layer);
  return query;
}

AttributionAnswer Model::attribute(const AttributionQuestion& question, const Progress& progress,
                                   const CancelToken& cancel) {
  const auto start = std::chrono::steady_clock::now();
  prepareComputeThread(internal_->settings);
  AttributionQuery query = internal_->queryFor(question, cancel);
  std::string layerName = question.layer;
  if (query.layer != kNoValue && layerName.empty()) {
    layerName = internal_->graph->value(query.layer).name;
    for (const Layer& layer : internal_->layers)
      if (layer.output == query.layer) layerName = layer.name;
  }
  if (question.preview)
    query.preview = [&](const Attribution& soFar) { question.preview(answerFrom(soFar, query.target, layerName)); };
  const AttributionMethod& method = internal_->methods.find(question.method);
  AttributionAnswer answer = answerFrom(method.run(query, progress, cancel), query.target, layerName);
  answer.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return answer;
}

std::vector<MethodInfo> attributionMethods() {
  const MethodRegistry registry;
  std::vector<MethodInfo> infos;
  for (const auto& method : registry.methods()) infos.push_back(method->info());
  return infos;
}

}  // namespace unitscope
