#include "engine/attribute_hash.h"
#include "features/feature_cache.h"
#include "features/goal_contents.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

/// To be raised when pictures come out differently from equal questions.
constexpr std::uint64_t kRecipe = 1;

}  // namespace

std::string featureKey(const std::string& fingerprint, const FeatureQuestion& question, std::size_t index) {
  if (index >= question.goals.size()) throw Error("goal " + std::to_string(index), "there are fewer");
  const MethodInfo& info = featureMethod(question.method);
  ContentHash hash;
  const AddAttribute put{hash};
  hash.add(kRecipe);
  put(fingerprint);
  put(info.id);
  hash.add(question.seed);
  const ParameterValues values = question.parameters.completed(info);
  for (const auto& [id, value] : values.all()) {
    put(id);
    std::visit(put, value);
  }
  const FeatureGoal& goal = question.goals[index];
  const std::string contents = goalContents(goal);
  put(contents);
  // Equal goals begin differently, in the order in which they stand.
  std::int64_t copy = 0;
  for (std::size_t i = 0; i < index; ++i)
    if (question.goals[i].unit == goal.unit && goalContents(question.goals[i]) == contents) ++copy;
  put(copy);
  if (goal.group >= 0)
    for (const FeatureGoal& other : question.goals)
      if (other.group == goal.group) put(goalContents(other));
  return hash.hex();
}

}  // namespace unitscope
