#include "app/failures/failures_state.h"

#include <algorithm>

#include <QStringList>

namespace unitscope {

QJsonObject FailuresState::toJson() const {
  return {{"data", data}, {"pictures", pictures}, {"method", method}, {"view", view}, {"class", classIndex}};
}

FailuresState FailuresState::fromJson(const QJsonObject& json) {
  FailuresState state;
  state.data = json["data"].toString(state.data);
  if (state.data.isEmpty()) state.data = FailuresState().data;
  state.pictures = std::clamp(json["pictures"].toInt(state.pictures), 10, 100000);
  state.method = json["method"].toString(state.method);
  const QString view = json["view"].toString();
  static const QStringList views{"classes", "confusion", "mistakes", "hits", "wall"};
  if (views.contains(view)) state.view = view;
  state.classIndex = std::max(-1, json["class"].toInt(-1));
  return state;
}

}  // namespace unitscope
