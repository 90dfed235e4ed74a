#include "features/feature_bench.h"

#include <algorithm>
#include <utility>

#include "attribution/cam_layer.h"
#include "engine/devices.h"
#include "engine/model_internal.h"
#include "features/visualise.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr std::int64_t kSteps = 16;

std::function<void()> prepared(const std::shared_ptr<Model>& model, std::int64_t units, const CancelToken& cancel) {
  prepareComputeThread(model->settings());
  Model::Internal& inner = model->internal();
  const auto& shapes = inner.shapesFor(inner.blankInput());
  const std::vector<ValueId> maps = featureMaps(*inner.graph, shapes, inner.inputValue(), inner.outputValue());
  if (maps.empty()) throw Error("the network has no feature map");
  const ValueId middle = maps[maps.size() / 2];
  FeatureQuestion question;
  const std::int64_t there = shapes.at(middle).shape.at(1);
  for (std::int64_t unit = 0; unit < units; ++unit) {
    FeatureGoal goal;
    goal.layer = inner.graph->value(middle).name;
    goal.unit = unit % there;
    question.goals.push_back(std::move(goal));
  }
  question.parameters.set(featureMethod(question.method), "steps", ParameterValue(kSteps));
  const auto call = [model, question, cancel] { static_cast<void>(visualise(*model, question, {}, cancel)); };
  call();
  return call;
}

}  // namespace

std::vector<BenchRow> featureBenchRows(const std::shared_ptr<Model>& model, const CancelToken& cancel) {
  std::vector<BenchRow> rows;
  for (const std::int64_t units : {std::int64_t{16}, std::int64_t{1}})
    rows.push_back(
        {"features/" + std::to_string(units), units * kSteps, [=] { return prepared(model, units, cancel); }});
  return rows;
}

}  // namespace unitscope
