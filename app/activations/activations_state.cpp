#include "app/activations/activations_state.h"

#include <algorithm>

namespace unitscope {

const QStringList& ActivationsState::views() {
  static const QStringList all{"places", "channels", "groups", "grid", "responsible"};
  return all;
}

QJsonObject ActivationsState::toJson() const {
  return {{"view", view},   {"layer", layer},   {"opacity", opacity}, {"lines", lines},
          {"order", order}, {"groups", groups}, {"side", side},       {"steps", steps}};
}

ActivationsState ActivationsState::fromJson(const QJsonObject& json) {
  ActivationsState state;
  if (const QString view = json["view"].toString(); views().contains(view)) state.view = view;
  state.layer = json["layer"].toString();
  state.opacity = std::clamp(json["opacity"].toInt(state.opacity), 0, 100);
  state.lines = json["lines"].toBool(state.lines);
  static const QStringList orders{"peak", "mean", "attribution"};
  if (const QString order = json["order"].toString(); orders.contains(order)) state.order = order;
  state.groups = std::clamp(json["groups"].toInt(state.groups), kFewestGroups, kMostGroups);
  state.side = std::clamp(json["side"].toInt(state.side), 2, 16);
  state.steps = std::clamp(json["steps"].toInt(state.steps), 16, 1024);
  return state;
}

}  // namespace unitscope
