#include <map>
#include <string>
#include <utility>

#include "features/feature_cache.h"
#include "features/goal_contents.h"

namespace unitscope {
namespace {

/// Goals that are only right when they are made together: groups, and equal goals, which are told apart by their order.
/// Gives each goal the number of its set.
std::vector<std::size_t> setsOf(const std::vector<FeatureGoal>& goals) {
  std::map<std::string, std::size_t> numbers;
  std::vector<std::size_t> sets;
  for (const FeatureGoal& goal : goals) {
    const std::string name = goal.group >= 0 ? "group " + std::to_string(goal.group) : "goal " + goalContents(goal);
    sets.push_back(numbers.try_emplace(name, numbers.size()).first->second);
  }
  return sets;
}

}  // namespace

std::vector<FeaturePicture> visualiseCached(Model& model, const std::string& fingerprint, FeatureCache& cache,
                                            const FeatureQuestion& question, const Progress& progress,
                                            const CancelToken& cancel) {
  const std::vector<FeatureGoal>& goals = question.goals;
  std::vector<std::string> keys;
  std::vector<std::optional<FeaturePicture>> found;
  const std::vector<std::size_t> sets = setsOf(goals);
  std::map<std::size_t, bool> whole;
  for (std::size_t i = 0; i < goals.size(); ++i) {
    cancel.check();
    keys.push_back(featureKey(fingerprint, question, i));
    found.push_back(cache.find(keys.back()));
    const auto known = whole.try_emplace(sets[i], true).first;
    known->second = known->second && found.back().has_value();
  }

  std::vector<FeaturePicture> answer(goals.size());
  std::vector<std::size_t> missing;
  FeatureQuestion rest = question;
  rest.goals.clear();
  for (std::size_t i = 0; i < goals.size(); ++i) {
    if (!whole[sets[i]]) {
      missing.push_back(i);
      rest.goals.push_back(goals[i]);
      continue;
    }
    answer[i] = std::move(*found[i]);
    answer[i].goal = goals[i];
    if (question.finished) question.finished(i, answer[i]);
  }
  if (missing.empty()) {
    progress.report(1.0);
    return answer;
  }
  if (question.preview)
    rest.preview = [&](std::size_t first, const std::vector<Image>& pictures) {
      for (std::size_t i = 0; i < pictures.size(); ++i) question.preview(missing[first + i], {pictures[i]});
    };
  rest.finished = [&](std::size_t index, const FeaturePicture& picture) {
    cache.store(keys[missing[index]], picture);
    if (question.finished) question.finished(missing[index], picture);
  };
  std::vector<FeaturePicture> made = visualise(model, rest, progress, cancel);
  for (std::size_t i = 0; i < missing.size(); ++i) answer[missing[i]] = std::move(made[i]);
  return answer;
}

}  // namespace unitscope
