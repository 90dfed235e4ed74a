#include "gan/gan_bench.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "attribution/cam_layer.h"
#include "engine/devices.h"
#include "gan/direction.h"
#include "gan/generator_internal.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

using Call = std::function<void()>;

constexpr int kWarmUp = 6;
constexpr std::uint64_t kSeed = 7;

/// One generator and its picture, as a window keeps them.
struct Stage {
  std::shared_ptr<Generator> generator;
  LivePicture picture;
  SynthesisQuestion question;
  CancelToken cancel;

  Stage(const std::shared_ptr<Model>& model, CancelToken token)
      : generator(Generator::from(model)), picture(generator), cancel(std::move(token)) {
    question.latents = generator->drawLatents({kSeed});
  }
  void show() { static_cast<void>(generator->picturesOf(picture.picture(question, cancel))); }
};

std::shared_ptr<Stage> stageFor(const std::shared_ptr<Model>& model, const CancelToken& cancel) {
  prepareComputeThread(model->settings());
  return std::make_shared<Stage>(model, cancel);
}

Call warm(Call call) {
  for (int i = 0; i < kWarmUp; ++i) call();
  return call;
}

/// Names of the feature maps from z to the picture, in order. Pictures of other sizes on the way are none.
std::vector<std::string> mapsOf(Generator& generator) {
  Generator::Internal& own = generator.internal();
  const auto& shapes = own.inner().shapesFor(own.inner().blankInput());
  std::vector<std::string> names;
  for (const ValueId map : featureMaps(generator.model()->graph(), shapes, own.z, own.image))
    if (shapes.at(map).shape[1] > own.plan.imageShape.front())
      names.push_back(generator.model()->graph().value(map).name);
  if (names.empty()) throw Error("the network has no feature map whose unit could be scaled");
  return names;
}

Call unit(const std::shared_ptr<Model>& model, double place, const CancelToken& cancel) {
  const std::shared_ptr<Stage> stage = stageFor(model, cancel);
  const std::vector<std::string> maps = mapsOf(*stage->generator);
  const auto from = static_cast<std::size_t>(std::ceil(place * static_cast<double>(maps.size())));
  UnitEdit edit, dearest;
  edit.change.units = {0};
  edit.change.kind = UnitSwitch::Kind::Scale;
  // The one with most behind it: some maps lead to the picture directly.
  std::size_t most = 0;
  for (std::size_t i = std::min(from, maps.size() - 1); i < maps.size(); ++i) {
    edit.change.layer = maps[i];
    edit.change.amount = 0.5;
    SynthesisQuestion tried = stage->question;
    stage->show();
    tried.edits = {edit};
    static_cast<void>(stage->picture.picture(tried, cancel));
    if (stage->picture.nodesEvaluated() <= most) continue;
    most = stage->picture.nodesEvaluated();
    dearest = edit;
  }
  stage->question.edits = {dearest};
  return warm([stage] {
    // Another amount each time, as under a slider that is being dragged.
    double& amount = stage->question.edits.front().change.amount;
    amount = amount > 3.0 ? -1.0 : amount + 0.01;
    stage->show();
  });
}

Call direction(const std::shared_ptr<Model>& model, bool lastOnly, const CancelToken& cancel) {
  const std::shared_ptr<Stage> stage = stageFor(model, cancel);
  Generator& generator = *stage->generator;
  const bool styles = generator.plan().hasStyles();
  if (lastOnly && generator.plan().styleCount < 2)
    throw Error("the network's layers have no styles of their own that could be moved alone");
  if (styles) {
    stage->question.latents = generator.styles(stage->question, cancel);
    stage->question.space = LatentSpace::WPlus;
  }
  auto along = std::make_shared<LatentDirection>();
  along->name = "slider";
  const std::int64_t width = stage->question.latents.shape.back();
  along->vector = {{width},
                   std::vector<float>(static_cast<std::size_t>(width), 1.0F / std::sqrt(static_cast<float>(width)))};
  if (lastOnly) along->layers = {generator.plan().styleCount - 1};
  const Array start = stage->question.latents;
  auto amount = std::make_shared<double>(-3.0);
  return warm([stage, along, start, amount] {
    *amount = *amount > 3.0 ? -3.0 : *amount + 0.01;
    stage->question.latents = moved(start, *along, *amount);
    stage->show();
  });
}

Call sample(const std::shared_ptr<Model>& model, const CancelToken& cancel) {
  const std::shared_ptr<Stage> stage = stageFor(model, cancel);
  auto seed = std::make_shared<std::uint64_t>(0);
  return warm([stage, seed] {
    stage->question.latents = stage->generator->drawLatents({++*seed});
    stage->show();
  });
}

}  // namespace

std::vector<BenchRow> generatorBenchRows(const std::shared_ptr<Model>& model, const CancelToken& cancel) {
  if (model->card().task != ModelCard::Task::Generator) return {};
  std::vector<BenchRow> rows;
  rows.push_back({"gan/unit_first", 1, [=] { return unit(model, 0.0, cancel); }});
  rows.push_back({"gan/unit_second_half", 1, [=] { return unit(model, 1.0 / 2.0, cancel); }});
  rows.push_back({"gan/unit_last_quarter", 1, [=] { return unit(model, 3.0 / 4.0, cancel); }});
  rows.push_back({"gan/direction", 1, [=] { return direction(model, false, cancel); }});
  rows.push_back({"gan/direction_last", 1, [=] { return direction(model, true, cancel); }});
  rows.push_back({"gan/sample", 1, [=] { return sample(model, cancel); }});
  return rows;
}

}  // namespace unitscope
