#pragma once

#include <string>

#include "features/feature_goal.h"

namespace unitscope {

/// 32 hex digits for all that a goal says, its group aside: equal for equal goals alone.
std::string goalContents(const FeatureGoal& goal);

}  // namespace unitscope
