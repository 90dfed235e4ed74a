#include "features/feature_goal.h"

namespace unitscope {

std::string describeGoal(const FeatureGoal& goal) {
  std::string text = goal.layer;
  switch (goal.kind) {
    case FeatureGoal::Kind::Channel:
    case FeatureGoal::Kind::Neuron: text += ":" + std::to_string(goal.unit); break;
    case FeatureGoal::Kind::Layer: text += ", all units"; break;
    case FeatureGoal::Kind::Direction: text += ", direction"; break;
    case FeatureGoal::Kind::Between:
      text += ":" + std::to_string(goal.unit) + " to " + std::to_string(goal.other);
      break;
    case FeatureGoal::Kind::Activation: text += ", given activation"; break;
  }
  if (goal.place)
    text += "@" + std::to_string(goal.place->y) + "," + std::to_string(goal.place->x);
  else if (goal.kind == FeatureGoal::Kind::Neuron)
    text += "@centre";
  return goal.negative ? text + " negative" : text;
}

}  // namespace unitscope
