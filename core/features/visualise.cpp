#include "features/visualise.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "exec/caching_allocator.h"
#include "features/ascent.h"
#include "features/goal_contents.h"
#include "features/layer_run.h"
#include "features/objective.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kUsualSide = 128;
/// Networks for pictures up to this side are asked for pictures of their own size.
constexpr std::int64_t kSmallSide = 96;
/// A layer that leaves fewer places of a usual picture gets one of the network's own size ("224 late").
constexpr std::int64_t kFewPlaces = 64;
/// More pictures at a time are no faster, and the first ones come later.
constexpr std::int64_t kBatchPixels = 16 * kUsualSide * kUsualSide, kMostPictures = 64;
/// Where a layer leaves many places, the network is shown three quarters of a picture at a time, from anywhere: half
/// the work, and room to turn it without showing what is not there.
constexpr std::int64_t kViewGrain = 16;
constexpr auto kPreviewPause = std::chrono::milliseconds(300);

struct Size {
  std::int64_t height = 0, width = 0;
};

std::string text(const Size& size) {
  return std::to_string(size.height) + " x " + std::to_string(size.width);
}

/// Shape of the layer's maps for pictures of this size; empty where the network does not take them.
std::vector<std::int64_t> mapsFor(LayerRun& run, const Size& size) {
  try {
    return run.probe(size.height, size.width).sizes().vec();
  } catch (const OutOfMemory&) {
    throw;
  } catch (const Error&) {
    return {};
  }
}

bool matches(const std::vector<FeatureGoal>& goals, const std::vector<std::int64_t>& maps) {
  return std::ranges::all_of(goals, [&](const FeatureGoal& goal) {
    return goal.vector.shape.size() < 3 || goal.vector.shape == Shape(maps.begin() + 1, maps.end());
  });
}

/// The size of the pictures, and what the layer makes of it in `maps`.
Size chooseSize(LayerRun& run, const std::vector<FeatureGoal>& goals, std::int64_t pixels,
                std::vector<std::int64_t>& maps) {
  const Size own{run.ownSize().first, run.ownSize().second};
  if (pixels > 0) {
    const Size wanted{pixels, pixels};
    maps = mapsFor(run, wanted);
    if (maps.empty())
      throw Error("pixels", "the network takes no pictures of " + text(wanted) + " as far as " + run.layer() +
                                "; leave pixels at 0 for its own " + text(own));
    return wanted;
  }
  const Size usual{kUsualSide, kUsualSide};
  if (std::max(own.height, own.width) > kSmallSide) {
    maps = mapsFor(run, usual);
    if (!maps.empty() && maps[2] * maps[3] >= kFewPlaces && matches(goals, maps)) return usual;
  }
  maps = run.probe(own.height, own.width).sizes().vec();
  return own;
}

AscentPlan planFor(LayerRun& run, const FeatureQuestion& question) {
  const MethodInfo& info = featureMethod(question.method);
  const ParameterValues values = question.parameters.completed(info);
  AscentPlan plan;
  plan.method = info.id;
  plan.steps = values.integer("steps");
  plan.rate = values.number("rate");
  plan.cosinePower = values.number("cosine_power");
  plan.diversity = values.number("diversity");
  plan.l1 = values.number("l1");
  plan.tv = values.number("tv");
  plan.blur = values.number("blur");
  plan.seed = question.seed;

  const Size size = chooseSize(run, question.goals, values.integer("pixels"), plan.maps);
  plan.form = {run.pictureChannels(), size.height, size.width, values.flag("decorrelate"), 1.0, run.device()};
  if (plan.method == "fourier") plan.form.decay = values.number("decay");
  plan.viewHeight = size.height;
  plan.viewWidth = size.width;
  const std::int64_t side = std::min(size.height, size.width);
  if (plan.method == "maco") {
    plan.fit = true;
    plan.opacity = true;
    plan.transforms.smallest = values.number("crop_smallest");
    plan.transforms.largest = values.number("crop_largest");
    plan.transforms.noise = values.number("noise");
    if (plan.transforms.smallest > plan.transforms.largest)
      throw Error("crop_smallest", "must not be above crop_largest");
    return plan;
  }
  std::string transforms = values.text("transforms");
  // A whole map is to be found again where it was.
  const bool placed = std::ranges::any_of(question.goals, [](const FeatureGoal& g) {
    return g.place || g.kind == FeatureGoal::Kind::Neuron || g.vector.shape.size() > 2;
  });
  if (placed && transforms == "standard") transforms = "gentle";
  plan.transforms = transformRange(transforms, side);
  if (placed || transforms != "standard" || plan.maps[2] * plan.maps[3] < kFewPlaces) return plan;
  const auto part = [](std::int64_t length) { return length * 3 / 4 / kViewGrain * kViewGrain; };
  const Size view{part(size.height), part(size.width)};
  const std::vector<std::int64_t> seen =
      std::min(view.height, view.width) > 0 ? mapsFor(run, view) : std::vector<std::int64_t>{};
  if (seen.empty() || seen[2] * seen[3] < kFewPlaces / 2) return plan;
  plan.viewHeight = view.height;
  plan.viewWidth = view.width;
  plan.transforms.shift = 0.0;
  plan.transforms.around = true;
  return plan;
}

/// Numbers of goals that are made together: groups stay whole, and pictures of as little as possible go by themselves.
std::vector<std::vector<std::size_t>> batchesOf(const std::vector<FeatureGoal>& goals, std::int64_t most) {
  std::vector<std::vector<std::size_t>> bundles;
  std::map<std::int64_t, std::size_t> groups;
  for (std::size_t i = 0; i < goals.size(); ++i) {
    const std::int64_t group = goals[i].group;
    if (const auto it = groups.find(group); group >= 0 && it != groups.end()) {
      bundles[it->second].push_back(i);
      continue;
    }
    if (group >= 0) groups.emplace(group, bundles.size());
    bundles.push_back({i});
  }
  std::vector<std::vector<std::size_t>> batches;
  for (const bool negative : {false, true}) {
    std::size_t room = 0;
    for (const std::vector<std::size_t>& bundle : bundles) {
      if (goals[bundle.front()].negative != negative) continue;
      if (room < bundle.size()) {
        batches.emplace_back();
        room = static_cast<std::size_t>(most);
      }
      batches.back().insert(batches.back().end(), bundle.begin(), bundle.end());
      room -= std::min(room, bundle.size());
    }
  }
  return batches;
}

/// For each goal, how many equal ones stand before it.
std::vector<std::int64_t> copiesOf(const std::vector<FeatureGoal>& goals) {
  std::map<std::string, std::int64_t> seen;
  std::vector<std::int64_t> copies;
  for (const FeatureGoal& goal : goals) copies.push_back(seen[goalContents(goal)]++);
  return copies;
}

template <class T>
std::vector<T> picked(const std::vector<T>& all, const std::vector<std::size_t>& which) {
  std::vector<T> some;
  for (const std::size_t i : which) some.push_back(all[i]);
  return some;
}

/// Shows the pictures of a batch in runs of neighbouring numbers.
void show(const FeatureQuestion& question, const std::vector<std::size_t>& which, const std::vector<Image>& images) {
  for (std::size_t from = 0; from < which.size();) {
    std::size_t to = from + 1;
    while (to < which.size() && which[to] == which[to - 1] + 1) ++to;
    question.preview(which[from], {images.begin() + static_cast<std::ptrdiff_t>(from),
                                   images.begin() + static_cast<std::ptrdiff_t>(to)});
    from = to;
  }
}

void checkGoals(const std::vector<FeatureGoal>& goals, const std::vector<std::int64_t>& maps) {
  for (const FeatureGoal& goal : goals) {
    checkGoal(goal, maps);
    for (const FeatureGoal& other : goals)
      if (goal.group >= 0 && goal.group == other.group && goal.negative != other.negative)
        throw Error("group " + std::to_string(goal.group), "has pictures of as much and of as little as possible");
  }
}

}  // namespace

std::vector<FeaturePicture> visualise(Model& model, const FeatureQuestion& question, const Progress& progress,
                                      const CancelToken& cancel) {
  const std::vector<FeatureGoal>& goals = question.goals;
  if (goals.empty()) return {};
  for (const FeatureGoal& goal : goals)
    if (goal.layer != goals.front().layer)
      throw Error(goal.layer, "pictures that are made together must be of one layer; ask for each layer by itself");
  cancel.check();
  LayerRun run(model, goals.front().layer, cancel);
  const AscentPlan plan = planFor(run, question);
  checkGoals(goals, plan.maps);

  const std::int64_t pixels = plan.form.height * plan.form.width;
  const auto total = static_cast<std::int64_t>(goals.size());
  std::int64_t most = std::clamp<std::int64_t>(kBatchPixels / pixels, 1, kMostPictures);
  most = run.batchLimit(plan.form.height, plan.form.width, std::min(most, total));
  const std::vector<std::int64_t> copies = copiesOf(goals);

  std::vector<FeaturePicture> answer(goals.size());
  std::vector<std::vector<std::size_t>> waiting = batchesOf(goals, most);
  std::ranges::reverse(waiting);
  std::size_t done = 0;
  Clock::time_point shown = Clock::now() - kPreviewPause;
  while (!waiting.empty()) {
    const std::vector<std::size_t> which = std::move(waiting.back());
    waiting.pop_back();
    try {
      Ascent ascent(run, plan, picked(goals, which), picked(copies, which));
      for (std::int64_t step = 0; step < plan.steps; ++step) {
        cancel.check();
        ascent.step();
        const double share = static_cast<double>(step + 1) / static_cast<double>(plan.steps);
        progress.report(
            (static_cast<double>(done) + share * static_cast<double>(which.size())) / static_cast<double>(goals.size()),
            "step " + std::to_string(step + 1) + " of " + std::to_string(plan.steps));
        if (!question.preview || Clock::now() - shown < kPreviewPause) continue;
        show(question, which, ascent.images());
        shown = Clock::now();
      }
      std::vector<FeaturePicture> pictures = ascent.finish();
      for (std::size_t i = 0; i < which.size(); ++i) answer[which[i]] = std::move(pictures[i]);
    } catch (const OutOfMemory&) {
      releaseCachedMemory();
      const bool whole = std::ranges::all_of(
          which, [&](std::size_t i) { return goals[i].group >= 0 && goals[i].group == goals[which.front()].group; });
      if (which.size() < 2 || whole) throw;
      const std::vector<std::vector<std::size_t>> halves = batchesOf(picked(goals, which), std::ssize(which) / 2);
      for (auto half = halves.rbegin(); half != halves.rend(); ++half) waiting.push_back(picked(which, *half));
      continue;
    }
    done += which.size();
    if (question.finished)
      for (const std::size_t i : which) question.finished(i, answer[i]);
  }
  return answer;
}

}  // namespace unitscope
