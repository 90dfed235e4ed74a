#include "features/goal_contents.h"

#include <span>

#include "runtime/content_hash.h"

namespace unitscope {

std::string goalContents(const FeatureGoal& goal) {
  ContentHash hash;
  const auto put = [&hash](std::int64_t number) { hash.add(static_cast<std::uint64_t>(number)); };
  put(static_cast<std::int64_t>(goal.kind));
  hash.add(goal.layer);
  put(goal.unit);
  put(goal.other);
  hash.add(goal.mix);
  put(goal.place.has_value() ? 1 : 0);
  if (goal.place) {
    put(goal.place->y);
    put(goal.place->x);
  }
  put(static_cast<std::int64_t>(goal.vector.shape.size()));
  for (const std::int64_t length : goal.vector.shape) put(length);
  hash.add(std::as_bytes(std::span<const float>(goal.vector.values)));
  put(goal.negative ? 1 : 0);
  return hash.hex();
}

}  // namespace unitscope
