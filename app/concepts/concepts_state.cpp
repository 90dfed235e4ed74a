#include "app/concepts/concepts_state.h"

#include <algorithm>

#include <QJsonArray>

namespace unitscope {

const QStringList& ConceptsState::views() {
  static const QStringList names{"detectors", "layers", "table", "vectors", "sharing", "mask"};
  return names;
}

bool ConceptsState::ofVectors() const {
  return views().indexOf(view) >= 3;
}

QJsonObject ConceptsState::toJson() const {
  return {{"view", view},           {"data", data},
          {"segmenter", segmenter}, {"pictures", pictures},
          {"topShare", topShare},   {"iou", iou},
          {"allLayers", allLayers}, {"unique", unique},
          {"layer", layer},         {"concept", conceptName},
          {"category", category},   {"vectorShare", vectorShare},
          {"epochs", epochs},       {"concepts", QJsonArray::fromStringList(concepts)},
          {"plus", plus},           {"minus", minus},
          {"opacity", opacity},     {"file", file},
          {"otherFile", otherFile}, {"vectorsFile", vectorsFile}};
}

ConceptsState ConceptsState::fromJson(const QJsonObject& json) {
  ConceptsState state;
  const ConceptsState usual;
  if (views().contains(json["view"].toString())) state.view = json["view"].toString();
  state.data = json["data"].toString();
  if (state.data.isEmpty()) state.data = usual.data;
  state.segmenter = json["segmenter"].toString();
  state.pictures = std::clamp(json["pictures"].toInt(usual.pictures), 10, 100000);
  state.topShare = std::clamp(json["topShare"].toDouble(usual.topShare), 0.0001, 0.5);
  state.iou = std::clamp(json["iou"].toDouble(usual.iou), 0.001, 1.0);
  state.allLayers = json["allLayers"].toBool(usual.allLayers);
  state.unique = json["unique"].toBool(usual.unique);
  state.layer = json["layer"].toString();
  state.conceptName = json["concept"].toString();
  state.category = json["category"].toString();
  state.vectorShare = std::clamp(json["vectorShare"].toDouble(usual.vectorShare), 0.0001, 0.5);
  state.epochs = std::clamp(json["epochs"].toInt(usual.epochs), 1, 1000);
  for (const QJsonValue& name : json["concepts"].toArray())
    if (!name.toString().isEmpty()) state.concepts << name.toString();
  state.plus = json["plus"].toString();
  state.minus = json["minus"].toString();
  state.opacity = std::clamp(json["opacity"].toInt(usual.opacity), 0, 100);
  state.file = json["file"].toString();
  state.otherFile = json["otherFile"].toString();
  state.vectorsFile = json["vectorsFile"].toString();
  return state;
}

}  // namespace unitscope
